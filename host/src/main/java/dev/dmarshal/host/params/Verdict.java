package dev.dmarshal.host.params;

import java.util.Optional;

/** What a piece of a command line does there. */
public sealed interface Verdict {

    /**
     * It does something.
     *
     * @param row what, and how that is known
     * @param caveat why that may not hold on this build; empty when nothing speaks against it
     */
    record Known(CatalogueRow row, Optional<String> caveat) implements Verdict {
    }

    /**
     * It does nothing on this release.
     *
     * @param why which way it is out of place
     * @param explanation a sentence or two for people
     * @param instead what was probably meant, as it would be written
     * @param caveat why it may do something after all on this build
     */
    record IgnoredByThisKernel(Why why, String explanation, Optional<String> instead, Optional<String> caveat) implements Verdict {
    }

    /**
     * It would do something, but a later piece decides otherwise.
     *
     * @param row what it would do
     * @param by the token that decides
     */
    record KnownButOverridden(CatalogueRow row, Token by) implements Verdict {
    }

    /**
     * Nothing reads it, and it looks like something that exists.
     *
     * @param suggestion what was probably meant, as it would be written
     * @param explanation what is wrong with it
     */
    record Misspelt(String suggestion, String explanation) implements Verdict {
    }

    /** It is none of this catalogue's business. */
    record NotAboutPassthrough() implements Verdict {
    }

    /** Which way an ignored piece is out of place. */
    enum Why {
        /** No release has or had it. */
        NEVER_EXISTED,
        /** A later release has it. */
        NOT_YET,
        /** An earlier release had it. */
        NO_LONGER,
        /** The parameter is known, the value is not. */
        UNKNOWN_VALUE,
        /** It stands behind {@code --}, where this reader does not look. */
        HANDED_ON
    }
}
