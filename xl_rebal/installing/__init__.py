"""A firm's folder made and repaired, and the Python that its workbook starts.

firm_folder   workbook, templates, mappings, clients and a word for the associate: what is missing is made, the rest left
interpreter   the entries of the workbook's sheet xlwings.conf, read and set in the closed file
"""
