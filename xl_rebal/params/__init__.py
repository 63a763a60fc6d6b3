"""Tax and firm parameters: dated, sourced data files and their loader."""
