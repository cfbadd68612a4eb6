package dev.dmarshal.doctor.kdump;

/** What a crash kernel does with remapping units that it finds switched on. */
public enum Behaviour {
    /** Translation and interrupt remapping off, new and empty tables, on again. */
    OFF_AND_ON("before the series (Linux before 4.2)", "the series' cover letter, May 2015; drivers/iommu/intel-iommu.c of Linux 3.1 (no TE"
            + " in the write that sets the root table) and 3.16 (iommu_disable_translation)"),
    /** All stays on; the old root and interrupt tables stay in force and are written into. */
    SERIES("the series as posted (v11, May 2015)", "the series' cover letter, \"For DMA Remapping\" 1 to 7, \"For Interrupt Remapping\" 1 to 4"),
    /** All stays on; root, context and interrupt tables are copied and the units switched to the copies; copied entries are marked in bit 67. */
    COPY_MARKED("Linux 4.2 to 5.19", "commit 091d42e43d21; context_set_copied in drivers/iommu/intel-iommu.c"),
    /** The same, with the mark in a bitmap of its own. */
    COPY("Linux since 6.0", "commit 0c5f6c0d8201"),
    /** Translation off for good; interrupt remapping is another parameter's and is copied. */
    IOMMU_OFF("Linux with intel_iommu=off in the crash kernel", "commit 161b28aae165, which 4.10.17 lacks and 4.14 has; intremap= is not touched by it");

    private final String words;
    private final String source;

    Behaviour(String words, String source) {
        this.words = words;
        this.source = source;
    }

    /** Whose it is, for people. */
    public String words() {
        return words;
    }

    /** Where that is from. */
    public String source() {
        return source;
    }
}
