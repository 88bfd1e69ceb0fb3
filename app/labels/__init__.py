"""Labels: what is stuck on a garment, as SVG, PNG, PDF or ZPL, rendered when somebody asks and never written to a file.

A label is placed once, in dots of a 203 dpi printer (``label_rules``), as boxes and lines of text; the renderers only draw what was
placed, so all four formats look the same and every bar is a whole number of dots. HarfBuzz shapes the text and hands out its outlines
(``typesetting``): no printer's, browser's or operating system's font is needed, and Hindi or Arabic comes out as it is written.

What does not belong here: what an order is (``orders``), whose label somebody may see and what its link is (the portals). A label is
made from plain data. Floor: above catalogue.
"""
