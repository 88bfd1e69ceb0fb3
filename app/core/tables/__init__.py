"""Tables as spreadsheet programs keep them: CSV and XLSX, read with distrust and written so that no cell is ever run.

What does not belong here: which columns a table has, and what its rows mean.
"""
