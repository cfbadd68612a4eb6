package dev.dmarshal.doctor.twin;

import java.util.List;

/** What a way out changes in the tables. */
public enum Change {

    /** The kernel learns that the requester id belongs to a function it drives: the id shares that function's domain, and so its buffers. */
    REQUESTER_KNOWN {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return scene.with(one.sourceId(), new Attachment.Translated(List.of(one.mapping(3))));
        }
    },
    /** The group of the function that the kernel knows at this id becomes pass-through. Ids that the kernel does not know stay as they are. */
    GROUP_IDENTITY {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return ownEntry ? scene.with(one.sourceId(), new Attachment.Identity()) : scene;
        }
    },
    /** Every function that the kernel knows becomes pass-through. */
    HOST_IDENTITY {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            Scene changed = scene.withEach(attachment -> attachment instanceof Attachment.Malformed ? attachment : new Attachment.Identity());
            return ownEntry ? changed.with(one.sourceId(), new Attachment.Identity()) : changed;
        }
    },
    /** Translation is off. */
    TRANSLATION_OFF {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return scene.untranslated().unremapped();
        }
    },
    /** The driver maps what its device uses, under the function's own id: nothing changes for an id that is not the driver's. */
    DRIVER_MAPS {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return ownEntry ? scene.with(one.sourceId(), new Attachment.Translated(List.of(one.mapping(3)))) : scene;
        }
    },
    /** The crash kernel takes over the tables that were in force: old mappings and old entries serve on. */
    TABLES_TAKEN_OVER {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return one.act() instanceof Act.Interrupt ? scene.with(one.index(), new InterruptSlot(one.sourceId()))
                    : scene.with(one.sourceId(), new Attachment.Translated(List.of(one.mapping(3))));
        }
    },
    /** The function is enumerated and gets a domain of its own, with nothing in it that firmware uses. */
    FUNCTION_LISTED {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return scene.with(one.sourceId(), new Attachment.Translated(List.of()));
        }
    },
    /** Everything below 4 GiB that is no memory is mapped 1:1 for the devices of dom0. */
    INCLUSIVE_MAPPING {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            boolean low = one.page() >>> 32 == 0;
            return low && ownEntry ? scene.with(one.sourceId(), new Attachment.Translated(List.of(new Attachment.Mapping(one.page(), one.page(), 0x1000, true,
                    true)))) : scene;
        }
    },
    /** The region of firmware is declared for the device, and so mapped 1:1. */
    REGION_DECLARED {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return ownEntry ? scene.with(one.sourceId(), new Attachment.Translated(List.of(new Attachment.Mapping(one.page(), one.page(), 0x1000, true, true))))
                    : scene;
        }
    },
    /** The interrupt's entry is written for the requester that uses it, and the device is told its index. */
    INTERRUPT_WRITTEN {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return scene.with(one.index(), new InterruptSlot(one.sourceId()));
        }

        @Override
        Act act(Act before) {
            return before instanceof Act.OldInterrupt old ? new Act.Interrupt(old.sourceId(), 0) : before;
        }
    },
    /** Interrupt remapping is off. */
    REMAPPING_OFF {
        @Override
        Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry) {
            return scene.unremapped();
        }
    };

    /**
     * The scene after the change.
     *
     * @param scene    at the moment of the fault
     * @param one      the fault
     * @param ownEntry whether the requester's id is one for which the kernel makes entries
     */
    abstract Scene make(Scene scene, Hypothesis.Case one, boolean ownEntry);

    /** What the device does after the change. */
    Act act(Act before) {
        return before;
    }

    /** Whether the change lets requests through by taking protection away. */
    boolean unprotected() {
        return this == TRANSLATION_OFF || this == REMAPPING_OFF || this == HOST_IDENTITY || this == GROUP_IDENTITY;
    }
}
