"""Running the user's module, under the recorder or without: loops held short, prints and state seen."""
