VERSION: str
PROGRAM: str
PAGE: str
