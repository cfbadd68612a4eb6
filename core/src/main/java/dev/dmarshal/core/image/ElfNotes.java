package dev.dmarshal.core.image;

/** A sequence of ELF notes: name and descriptor, each padded to four bytes. Ends at the first that does not fit. */
record ElfNotes(FileFields notes) {
    private static final int HEADER_BYTES = 12;

    /** Is given each note. */
    @FunctionalInterface
    interface Reader {
        void note(String name, int start, int length);
    }

    void forEach(Reader reader) {
        int at = 0;
        while (at <= notes.length() - HEADER_BYTES) {
            long nameLength = notes.word32(at);
            long length = notes.word32(at + 4);
            long start = at + HEADER_BYTES + padded(nameLength);
            long next = start + padded(length);
            if (start + length > notes.length() || nameLength == 0 && length == 0) {
                return;
            }
            reader.note(notes.text(at + HEADER_BYTES, (int) nameLength), (int) start, (int) length);
            if (next > notes.length()) {
                return;
            }
            at = (int) next;
        }
    }

    private static long padded(long length) {
        return length + 3 & ~3L;
    }
}
