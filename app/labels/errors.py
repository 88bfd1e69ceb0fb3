from app.core.errors import Invalid


class UnknownStock(Invalid):
    code = "unknown_stock"
    sentence = "There is no label stock by that name."


class UnprintableCode(Invalid):
    code = "unprintable_code"
    sentence = "This code cannot be printed as bars on this label."


class NothingToPrint(Invalid):
    code = "nothing_to_print"
    sentence = "Choose at least one order to print a label for."
