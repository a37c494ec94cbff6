"""Files that staff hand in: CSV as programs really write it, and the files of a catalogue."""
