package dev.dmarshal.host.capture;

/**
 * One row of the list of inputs.
 *
 * @param path      a pattern of absolute paths, or a program with its arguments
 * @param how       what is taken
 * @param privacy   how private it is
 * @param mostBytes most bytes taken of one file or output; 0 where none are
 * @param purpose   what for, in words; for {@link How#OPEN} what targets begin with
 */
public record Input(String path, How how, Privacy privacy, int mostBytes, String purpose) {

    /** What is taken. */
    public enum How {
        /** The content of a file. */
        FILE,
        /** Where a symbolic link points. */
        LINK,
        /** The names in a folder. */
        NAMES,
        /** Only whether it is there. */
        THERE,
        /** Links of open files that point to what a word of {@link Input#purpose} begins with. */
        OPEN,
        /** The output of a program. */
        COMMAND
    }
}
