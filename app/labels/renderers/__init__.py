"""One file per format. Each takes drawings and gives bytes; none decides where anything goes."""
