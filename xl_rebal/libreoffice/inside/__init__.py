"""Files that run inside LibreOffice, in the Python that LibreOffice brings. Nothing here is imported by the project.

bridge     of a throw-away LibreOffice: carries out the host's commands, sends XR_ calls to it
component  of the extension for users: answers XR_ calls through a process of the project's Python, fits results
spilling   what both need: results as cells, and array formulas fitted to their results
"""
