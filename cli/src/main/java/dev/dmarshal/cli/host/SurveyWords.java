package dev.dmarshal.cli.host;

import dev.dmarshal.doctor.assign.Answer;
import dev.dmarshal.doctor.assign.Assignability;
import dev.dmarshal.doctor.assign.Overall;
import dev.dmarshal.doctor.assign.Reason;
import dev.dmarshal.doctor.assign.Subject;
import dev.dmarshal.doctor.assign.Weight;

/** What decided a verdict, in few words. */
public final class SurveyWords {

    private SurveyWords() {
    }

    /** The reasons that decided, each subject once; what is the same for every device stands above the tree. */
    static String why(Assignability verdict) {
        if (verdict.overall() == Overall.ASSIGNABLE || verdict.overall() == Overall.NEVER) {
            return "";
        }
        Answer answer = verdict.overall() == Overall.UNMEASURED ? Answer.UNMEASURED : Answer.FAIL;
        Weight weight = verdict.overall() == Overall.AT_A_COST ? Weight.COSTS : Weight.BLOCKS;
        return String.join(", ", verdict.reasons().stream().filter(reason -> reason.answer() == answer && reason.weight() == weight && !ofTheHost(reason))
                .map(reason -> answer == Answer.UNMEASURED ? unknown(reason.subject()) : known(reason)).distinct().toList());
    }

    private static boolean ofTheHost(Reason reason) {
        return reason.subject() == Subject.IOMMU || reason.subject() == Subject.INTERRUPTS
                || reason.answer() == Answer.UNMEASURED && (reason.subject() == Subject.UNIT || reason.subject() == Subject.RMRR);
    }

    private static String known(Reason reason) {
        return switch (reason.subject()) {
            case ANSWERS -> "does not answer";
            case UNIT -> "no unit covers it";
            case GROUP -> reason.weight() == Weight.BLOCKS ? "has no group" : "takes others along";
            case BLAST_RADIUS -> reason.weight() == Weight.BLOCKS ? "host needs its group" : "its group is in use";
            case RMRR -> "firmware's memory (RMRR)";
            case CONVENTIONAL -> "conventional PCI";
            case VIRTUAL_FUNCTIONS -> "live VFs";
            case HOLDERS -> reason.weight() == Weight.BLOCKS ? "host needs it" : "in use";
            case RESET -> "no reset";
            case REGIONS -> "BARs";
            case WIDTH -> "address width";
            default -> reason.subject().word();
        };
    }

    private static String unknown(Subject subject) {
        return switch (subject) {
            case KIND -> "what it is";
            case BLAST_RADIUS -> "who uses its group";
            case HOLDERS -> "who uses it";
            default -> subject.word();
        };
    }
}
