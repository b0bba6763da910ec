"""Pages of the documentation that hold measured figures between two marks."""


def marks(name):
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def between(page, name):
    """What stands between the marks of this name."""
    begin, end = marks(name)
    return page.split(begin)[1].split(end)[0].strip("\n")


def put(path, name, text):
    """Puts it there."""
    begin, end = marks(name)
    page = path.read_text()
    path.write_text(f"{page.split(begin)[0]}{begin}\n{text}\n{end}{page.split(end)[1]}")
