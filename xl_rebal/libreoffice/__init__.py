"""LibreOffice as a second host of the workbook: the same XR_ functions in the same cells, on any system, without Excel."""
