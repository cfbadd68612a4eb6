package dev.dmarshal.doctor.policy;

import java.util.Arrays;
import java.util.Optional;

/** How the requests of a group are treated. The words are those of {@code /sys/kernel/iommu_groups/N/type} (drivers/iommu/iommu.c, iommu_group_show_type). */
public enum DomainType {
    /** Translated; an unmap takes effect at once (strict), or the kernel does not tell strict from lazy (before 5.15). */
    DMA("DMA"),
    /** Translated; unmaps take effect in batches (lazy). */
    DMA_FQ("DMA-FQ"),
    /** Every address is the physical one. */
    IDENTITY("identity"),
    /** A guest or a program maps what it likes. */
    UNMANAGED("unmanaged"),
    /** Every request is refused. */
    BLOCKED("blocked"),
    /** No unit looks at the requests: there is no group, and every address is the physical one. */
    NONE("none");

    private final String word;

    DomainType(String word) {
        this.word = word;
    }

    /** The kernel's word. */
    public String word() {
        return word;
    }

    /** The type with this word, in any case. */
    public static Optional<DomainType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word.equalsIgnoreCase(word.strip())).findFirst();
    }

    /** Whether the device reaches all memory. */
    public boolean reachesAll() {
        return this == IDENTITY || this == NONE;
    }
}
