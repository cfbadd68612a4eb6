package dev.dmarshal.core.unit;

import dev.dmarshal.core.vtd.FaultReason;
import dev.dmarshal.core.vtd.InterruptMessage;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What became of an interrupt request. A reusable place for results, so that remapping allocates nothing; not thread-safe.
 *
 * <p>{@link #address} and {@link #value} mean something only where {@link #hasMessage} says so, {@link #faultCode} only if {@link #outcome} is
 * {@link Outcome#BLOCKED}, {@link #index} only where {@link #hasIndex}.
 */
public final class RemappedInterrupt {

    /** The ways in which an interrupt request can end. */
    public enum Outcome {
        /** Nothing has been asked yet. */
        NONE,
        /** Goes on as it came: remapping is off, or compatibility format may pass. */
        PASSED,
        /** Goes on as the table entry says. */
        REMAPPED,
        /** Was posted to a descriptor in memory; a notification may go out. */
        POSTED,
        /** Was blocked by a fault, recorded or not. */
        BLOCKED
    }

    long entryLow;
    long entryHigh;
    long generation;
    private Outcome outcome = Outcome.NONE;
    private boolean message;
    private long address;
    private int value;
    private int code;
    private boolean recorded;
    private boolean indexed;
    private int index;

    /** A place for results, empty. */
    public RemappedInterrupt() {
        // Nothing asked yet.
    }

    /** How it ended. */
    public Outcome outcome() {
        return outcome;
    }

    /** Whether a message goes to a processor. */
    public boolean hasMessage() {
        return message;
    }

    /** Address of the message, compatibility format, with destination 31:8 in 63:40. */
    public long address() {
        return address;
    }

    /** Word of the message. */
    public int value() {
        return value;
    }

    /** Reason code of the fault; 0 without one. */
    public int faultCode() {
        return code;
    }

    /** Whether the fault went to the fault recorder; false if the entry's FPD kept it from it. */
    public boolean recorded() {
        return recorded;
    }

    /** Whether the request named an entry. */
    public boolean hasIndex() {
        return indexed;
    }

    /** The entry it named, cut to 16 bits. */
    public int index() {
        return index;
    }

    /** The message as a value, if there is one. Allocates. */
    public Optional<InterruptMessage> message() {
        return message ? Optional.of(new InterruptMessage(address, value)) : Optional.empty();
    }

    /** The fault as a value, if there is one. Allocates. */
    public Optional<FaultReason> fault() {
        return outcome == Outcome.BLOCKED ? FaultReason.of(code) : Optional.empty();
    }

    /** The index as a value, if there is one. Allocates. */
    public OptionalInt entry() {
        return indexed ? OptionalInt.of(index) : OptionalInt.empty();
    }

    void start() {
        outcome = Outcome.NONE;
        message = false;
        indexed = false;
        recorded = false;
        code = 0;
    }

    void named(int entry) {
        indexed = true;
        index = entry & 0xffff;
    }

    void ends(Outcome how) {
        outcome = how;
    }

    void sends(Outcome how, long toAddress, int word) {
        outcome = how;
        message = true;
        address = toAddress;
        value = word;
    }

    void blocked(int reasonCode, boolean wasRecorded) {
        outcome = Outcome.BLOCKED;
        code = reasonCode;
        recorded = wasRecorded;
    }

    /** For people. */
    @Override
    public String toString() {
        String text = outcome.name() + (indexed ? " index " + index : "");
        if (outcome == Outcome.BLOCKED) {
            text += " fault 0x" + Integer.toHexString(code) + (recorded ? "" : " not recorded");
        }
        return message ? text + " " + new InterruptMessage(address, value) : text;
    }
}
