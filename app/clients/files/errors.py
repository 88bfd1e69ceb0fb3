from app.core.errors import Conflict, Invalid, NotFound, Unavailable


class NotAnImage(Invalid):
    code = "not_an_image"
    sentence = "This is no image that can be kept. Send a whole JPEG, PNG or WebP of at most 25 megapixels."


class ImagesBusy(Unavailable):
    code = "images_busy"
    sentence = "Too many images are being looked at just now. Try again in a few seconds."


class FileGone(NotFound):
    code = "file_gone"
    sentence = "This file is known, but its content is not here any more. Tell the office."


class DraftGone(Conflict):
    code = "draft_gone"
    sentence = "The file you looked over is no longer here. Choose it again."


class FilesAway(Unavailable):
    code = "files_away"
    sentence = "The place where files are kept does not answer. Nothing was changed; try again in a few seconds."
