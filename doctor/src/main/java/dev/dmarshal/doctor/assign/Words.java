package dev.dmarshal.doctor.assign;

import dev.dmarshal.core.pci.Sbdf;
import dev.dmarshal.host.Reading;
import dev.dmarshal.host.survey.FunctionFacts;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Phrases that several checks use. */
final class Words {

    private static final int MOST_NAMES = 4;

    private Words() {
    }

    static String folder(FunctionFacts function) {
        return folder(function.address());
    }

    static String folder(Sbdf address) {
        return "/sys/bus/pci/devices/" + address;
    }

    /** A file of a function's folder, as evidence. */
    static Supplier<String> file(FunctionFacts function, String name) {
        return () -> folder(function) + "/" + name;
    }

    /** What kept something from being read: it was not given, or nothing of the kind is there to be seen. */
    static String missing(Reading<?> reading) {
        return reading.trouble().isPresent() ? "was not read" : "is not there";
    }

    /** The first few, and how many more. */
    static String some(Collection<?> things) {
        List<String> first = things.stream().limit(MOST_NAMES).map(Object::toString).toList();
        int more = things.size() - first.size();
        return String.join(", ", first) + (more > 0 ? " and " + more + " more" : "");
    }

    /** Address and driver: {@code 0000:01:00.1 (snd_hda_intel)}. */
    static String withDriver(FunctionFacts function) {
        return function.address() + function.binding().driver().map(driver -> " (" + driver + ")").orElse("");
    }
}
