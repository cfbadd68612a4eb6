package dev.dmarshal.host.iommu;

/** The three answers of a check; what could not be measured is neither of the others. */
public enum Answer {
    /** It is as it has to be. */
    PASS("pass"),
    /** It is not. */
    FAIL("fail"),
    /** What is known does not decide it. */
    UNMEASURED("could not measure");

    private final String words;

    Answer(String words) {
        this.words = words;
    }

    /** For a sentence. */
    public String words() {
        return words;
    }
}
