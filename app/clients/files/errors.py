from app.core.errors import Invalid, NotFound, Unavailable


class NotAnImage(Invalid):
    code = "not_an_image"
    sentence = "This is no image that can be kept. Send a whole JPEG, PNG or WebP of at most 25 megapixels."


class ImagesBusy(Unavailable):
    code = "images_busy"
    sentence = "Too many images are being looked at just now. Try again in a few seconds."


class FileGone(NotFound):
    code = "file_gone"
    sentence = "This file is known, but its content is not here any more. Tell the office."
