"""Sample articles, German and English, written for this project.

Every town, person, company and newspaper in them is fictional. `README.md`,
beside this file, says what they cover.
"""

from importlib.resources import files
from pathlib import Path


def samples_folder() -> Path:
    """Return the folder that holds the sample articles, in `de/` and `en/`.

    Raises:
        FileNotFoundError: the package was imported from something that is no
            folder, such as a zip file, so that there is no path to give.
    """
    folder = files(__name__)
    if not isinstance(folder, Path):
        raise FileNotFoundError(
            "The sample articles are not in a folder here. "
            "Install article-qa unpacked (pip does so) and try again."
        )
    return folder
