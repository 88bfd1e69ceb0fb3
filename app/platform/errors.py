from app.core.errors import Conflict


class OwnDoor(Conflict):
    code = "own_door"
    sentence = "You are in the first business yourself. It is suspended on the command line: flask tenants suspend main"
