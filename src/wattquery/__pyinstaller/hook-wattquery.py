"""PyInstaller's hook: what to take along with the package."""

from PyInstaller.utils.hooks import copy_metadata

from wattquery.__pyinstaller import data_files, modules

datas = [*data_files(), *copy_metadata("wattquery")]
hiddenimports = modules()
