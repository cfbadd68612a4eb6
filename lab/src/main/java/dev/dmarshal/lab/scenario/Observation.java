package dev.dmarshal.lab.scenario;

import java.util.Optional;

/** What an engine saw at one step of a scenario; steps without anything to see have none. */
public sealed interface Observation {

    /** Index of the step in the scenario. */
    int step();

    /**
     * A register or a memory word was read.
     *
     * @param step  index of the step
     * @param value what it held
     */
    record Value(int step, long value) implements Observation {
    }

    /**
     * A {@link Step.Probe} was made.
     *
     * @param step   index of the step
     * @param read   what became of the read
     * @param write  what became of the write
     * @param faults fault registers afterwards
     */
    record Dma(int step, Transfer read, Transfer write, FaultStatus faults) implements Observation {
    }

    /**
     * A {@link Step.Copy} ended, with all others that ran beside it.
     *
     * @param step   index of the step
     * @param read   what became of the read; {@link Transfer.Unseen} when no fault was told
     * @param write  what became of the write; {@link Transfer.Unseen} when no fault was told and no bait changed
     * @param carried number of the bait whose bytes arrived, if any arrived at a bait
     * @param faults fault registers after all copies of the group
     */
    record Copied(int step, Transfer read, Transfer write, Optional<Integer> carried, FaultStatus faults) implements Observation {
    }

    /**
     * An MSI was sent.
     *
     * @param step    index of the step
     * @param outcome what the unit did with it
     * @param faults  fault registers afterwards
     */
    record Signal(int step, Delivery outcome, FaultStatus faults) implements Observation {
    }

    /** What became of an interrupt request. */
    sealed interface Delivery {

        /**
         * It went to the processors' interrupt controllers unchanged.
         *
         * @param address the message's address
         * @param data    the message's data
         */
        record Passed(int address, int data) implements Delivery {
        }

        /**
         * It was remapped.
         *
         * @param vector          8 bits
         * @param deliveryMode    3 bits
         * @param logical         destination mode
         * @param redirectionHint RH
         * @param level           trigger mode
         * @param destination     8 bits, or 32 in x2APIC mode
         */
        record Remapped(int vector, int deliveryMode, boolean logical, boolean redirectionHint, boolean level, int destination) implements Delivery {

            /** Takes an MSI apart (Intel SDM volume 3, "Message Signalled Interrupts"); destination bits 31:8 are carried in address bits 63:40. */
            public static Remapped of(long address, int data) {
                int destination = (int) (address >>> 12) & 0xff | (int) (address >>> 40) << 8;
                return new Remapped(data & 0xff, data >>> 8 & 7, (address & 4) != 0, (address & 8) != 0, (data & 1 << 15) != 0, destination);
            }
        }

        /** It was blocked; {@link Signal#faults} says why where that is recorded. */
        record Dropped() implements Delivery {
        }
    }
}
