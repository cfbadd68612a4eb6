package dev.dmarshal.doctor.assign;

import dev.dmarshal.host.holders.Holder;
import dev.dmarshal.host.holders.HolderArea;
import dev.dmarshal.host.holders.Stake;
import dev.dmarshal.host.survey.FunctionFacts;
import dev.dmarshal.host.survey.HostSurvey;
import java.util.ArrayList;
import java.util.List;

/** What of the host hangs on a function, and in which areas that could hang on such a function nobody could look. */
final class Hazards {

    private final HostSurvey survey;

    Hazards(HostSurvey survey) {
        this.survey = survey;
    }

    List<Holder> vital(FunctionFacts function) {
        return survey.holders().of(function.address()).of(Stake.VITAL);
    }

    List<Holder> busy(FunctionFacts function) {
        return survey.holders().of(function.address()).of(Stake.BUSY);
    }

    /** Why vital holders of such a function might have been missed. */
    List<String> blind(FunctionFacts function) {
        List<String> blind = new ArrayList<>();
        for (HolderArea area : areas(function)) {
            blind.addAll(survey.holders().unseen(area));
        }
        return blind;
    }

    /** The areas that a function of its class can matter to, other than processes, which are judged by themselves. */
    private static List<HolderArea> areas(FunctionFacts function) {
        int base = function.made().classCode().isPresent() ? function.made().classCode().getAsInt() >>> 16 : -1;
        return switch (base) {
            // Fibre channel and InfiniBand are serial buses (0c04, 0c06); so is USB, which carries drives and keyboards.
            case 0x01 -> List.of(HolderArea.STORAGE);
            case 0x02 -> List.of(HolderArea.NETWORK);
            case 0x03, 0x07 -> List.of(HolderArea.CONSOLE);
            case 0x0c -> List.of(HolderArea.STORAGE, HolderArea.INPUT);
            case -1 -> List.of(HolderArea.STORAGE, HolderArea.NETWORK, HolderArea.CONSOLE, HolderArea.INPUT);
            default -> List.of();
        };
    }

    List<String> blindToProcesses() {
        return survey.holders().unseen(HolderArea.PROCESSES);
    }
}
