"""A document as DOCX, in the layout of GB/T 9704: A4 with its margins, headings as styles, a page number in the foot.

Typefaces are named and not carried: WPS and Word take their own for a name that the machine has not.
"""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from yipanqi.exchange.paper import Address, Heading, Paper, Run, Table, Words, text_of
from yipanqi.exchange.writing import printable

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LATIN = "Times New Roman"
FANG, SONG, HEI, PAGE_FACE = "仿宋_GB2312", "方正小标宋简体", "黑体", "宋体"
TEXT, TITLE, FOOT, CELL, SMALL = Pt(16), Pt(22), Pt(14), Pt(12), Pt(9)
LEADING = Pt(28.95)  # twenty-two lines on a page
LINK_BLUE = RGBColor(0x0B, 0x4F, 0x9E)


def docx(paper: Paper, address: Address) -> bytes:
    """The bytes of the document; each figure and name is a link to its source."""
    document = Document()
    _styles(document, CELL if not paper.wide else SMALL)
    _page(document, paper)
    _head(document, paper)
    for block in paper.numbered():
        if isinstance(block, Heading):
            document.add_paragraph(printable(block.text), style="Heading 1")
        elif isinstance(block, Words):
            _runs(document.add_paragraph(style="Text"), block.runs, address)
        else:
            _table(document, block, address)
    _tail(document, paper)
    to = io.BytesIO()
    document.save(to)
    return to.getvalue()


def _styles(document: Any, cell: Any) -> None:
    """The styles of an official document, so that who edits it goes on in them."""
    styles = document.styles
    _set(styles["Normal"], FANG, TEXT)
    for name in ("Text", "Cell", "Signature block"):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
    styles["Text"].paragraph_format.first_line_indent = TEXT * 2
    styles["Cell"].font.size = cell
    styles["Cell"].paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    styles["Signature block"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    styles["Signature block"].paragraph_format.right_indent = TEXT * 4
    title = styles["Title"]
    _set(title, SONG, TITLE)
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(33)
    title.paragraph_format.space_after = LEADING
    border = title.element.pPr.find(qn("w:pBdr"))
    if border is not None:
        title.element.pPr.remove(border)
    _set(styles["Heading 1"], HEI, TEXT)
    styles["Heading 1"].paragraph_format.first_line_indent = TEXT * 2
    _set(styles["Caption"], HEI, Pt(14))
    styles["Caption"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    link = styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb, link.font.underline = LINK_BLUE, True


def _set(style: Any, face: str, size: Any) -> None:
    style.font.name, style.font.size, style.font.bold = LATIN, size, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), face)
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LEADING


def _page(document: Any, paper: Paper) -> None:
    """A4; the number of a page stands on the outer side of its foot, so that odd and even ones differ."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    if paper.wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin, section.right_margin = Mm(35), Mm(37)
        section.top_margin, section.bottom_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(16)
    document.settings.odd_and_even_pages_header_footer = True
    sides = (section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    for footer, side in sides:
        line = footer.paragraphs[0]
        line.alignment = side
        for text in ("— ", None, " —"):
            run = line.add_run(text or "")
            run.font.size = FOOT
            run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), PAGE_FACE)
            if text is None:
                _field(run, "PAGE")
    document.core_properties.title = printable(paper.title)
    document.core_properties.author = printable(paper.signer)


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text or None
        run._element.append(element)


def _head(document: Any, paper: Paper) -> None:
    document.add_paragraph(printable(paper.title), style="Title")
    if paper.greeting:
        document.add_paragraph(printable(paper.greeting))
    for words in paper.opening:
        document.add_paragraph(printable(words), style="Text")


def _tail(document: Any, paper: Paper) -> None:
    for words in paper.closing:
        document.add_paragraph(printable(words), style="Text")
    document.add_paragraph()
    for words in (paper.signer, paper.day_text):
        document.add_paragraph(printable(words), style="Signature block")
    if paper.mark:
        document.add_paragraph(printable(paper.mark), style="Cell")


def _runs(paragraph: Any, runs: Any, address: Address) -> None:
    for run in runs:
        if isinstance(run, str):
            paragraph.add_run(printable(run))
        else:
            _link(paragraph, run, address)


def _link(paragraph: Any, run: Run, address: Address) -> None:
    """A hyperlink: python-docx reads them and cannot write them."""
    assert not isinstance(run, str)
    target = paragraph.part.relate_to(address(run.source), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), target)
    words = paragraph.add_run(printable(text_of(run)), style="Hyperlink")
    link.append(words._element)
    paragraph._p.append(link)


def _table(document: Any, block: Table, address: Address) -> None:
    if not block.rows:
        document.add_paragraph(printable(block.empty), style="Text")
        return
    document.add_paragraph(printable(block.caption), style="Caption")
    table = document.add_table(rows=1, cols=len(block.headers), style="Table Grid")
    table.autofit = False
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    widths = [room * share // sum(block.widths) for share in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _cells(table.rows[0], block.headers, widths, address)
    for cell in table.rows[0].cells:
        cell.paragraphs[0].runs[0].font.bold = True
    # The head stands again on every page.
    head = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(head)
    for row in block.rows:
        _cells(table.add_row(), row, widths, address)


def _cells(row: Any, runs: Any, widths: Any, address: Address) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, run, width in zip(row.cells, runs, widths, strict=True):
        cell.width = width
        cell.paragraphs[0].style = "Cell"
        _runs(cell.paragraphs[0], [run], address)
