package dev.dmarshal.lab.rows;

import dev.dmarshal.core.unit.PageRequestOutcome;
import dev.dmarshal.core.unit.Translation;
import java.util.Optional;
import java.util.OptionalInt;

/** What a row says of a stimulus: the part behind {@code =>}. */
public sealed interface Expected {

    /** What becomes of a fault's record. */
    enum Record {
        /** It is made, has the fields of the request, and software clears it afterwards. */
        MADE,
        /** None is made: FPD is set. */
        QUIET,
        /** Left to the row's own checks. */
        LEFT
    }

    /**
     * A request goes to memory.
     *
     * @param address  physical address
     * @param rights   R and W, or R, W and X that the outcome gives, in this order, if the row says
     * @param snooped  whether the access is snooped, if the row says
     * @param type     memory type code, if the row says
     * @param pageBits size of the page as a power of two, if the row says
     */
    record Reaches(long address, Optional<String> rights, Optional<Boolean> snooped, OptionalInt type, OptionalInt pageBits) implements Expected {
    }

    /**
     * A request is blocked by a fault.
     *
     * @param code       fault reason
     * @param record     its record
     * @param completion how a translation request is completed, if the row says
     */
    record Faults(int code, Record record, Optional<Translation.Completion> completion) implements Expected {
    }

    /** A request is blocked without a fault; nothing is recorded. */
    record Blocked() implements Expected {
    }

    /**
     * A translation request is completed with success but without rights; nothing is recorded.
     *
     * @param code the reason, told to people only
     */
    record WithoutRights(int code) implements Expected {
    }

    /** A translation request is completed with U set: use untranslated requests. */
    record UntranslatedOnly() implements Expected {
    }

    /** A write is an interrupt request. */
    record InterruptRequest() implements Expected {
    }

    /**
     * An interrupt request goes to a processor as the table entry says.
     *
     * @param vector      8 bits
     * @param mode        delivery mode
     * @param logical     destination mode
     * @param hint        redirection hint
     * @param level       trigger mode
     * @param destination 32 bits
     */
    record Delivered(int vector, int mode, boolean logical, boolean hint, boolean level, int destination) implements Expected {
    }

    /** An interrupt request goes on as it came. */
    record Passed() implements Expected {
    }

    /**
     * An interrupt request is posted.
     *
     * @param notice the notification, if one goes out
     */
    record Posted(Optional<Delivered> notice) implements Expected {
    }

    /**
     * A page request ends so.
     *
     * @param outcome how
     */
    record Page(PageRequestOutcome outcome) implements Expected {
    }
}
