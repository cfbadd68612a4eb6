package dev.dmarshal.lab.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * Scenarios as text, one step a line, so that a failure can be kept and played again. {@code parse(print(s))} equals {@code s}.
 *
 * <pre>
 * scenario legacy48/17/3/60 legacy48
 * store 0x1000000 0x1001001
 * write 0x18 4 0x80000000
 * read 0x1c 4
 * lay 7 0x2000380
 * probe READER READ 0x200380 fresh
 * copy EDU_A 0x200380 0x2013c0 16 stale
 * interrupt EDU_A 0xfee000b0 0x0 fresh
 * load 0x1005000
 * </pre>
 * Empty lines and lines that begin with {@code #} count for nothing.
 */
public final class ScenarioText {

    private ScenarioText() {
    }

    /** The scenario as lines, each with its end. */
    public static String print(Scenario scenario) {
        StringBuilder text = new StringBuilder("scenario " + scenario.name() + " " + scenario.variant() + "\n");
        for (Step step : scenario.steps()) {
            text.append(print(step)).append('\n');
        }
        return text.toString();
    }

    /** One step as a line, without its end. */
    public static String print(Step step) {
        return switch (step) {
            case Step.Store store -> "store " + hex(store.address()) + " " + hex(store.value());
            case Step.Write write -> "write " + hex(write.offset()) + " " + write.width() + " " + hex(write.value());
            case Step.Read read -> "read " + hex(read.offset()) + " " + read.width();
            case Step.Load load -> "load " + hex(load.address());
            case Step.Lay lay -> "lay " + lay.bait().number() + " " + hex(lay.bait().address());
            case Step.Probe probe -> "probe " + probe.requester() + " " + probe.access() + " " + hex(probe.iova()) + " " + freshness(probe.stale());
            case Step.Copy copy -> "copy " + copy.requester() + " " + hex(copy.from()) + " " + hex(copy.to()) + " " + copy.size() + " "
                    + freshness(copy.stale());
            case Step.Interrupt interrupt -> "interrupt " + interrupt.requester() + " " + hex(Integer.toUnsignedLong(interrupt.address())) + " "
                    + hex(interrupt.data()) + " " + freshness(interrupt.stale());
        };
    }

    /** Reads what {@link #print} wrote; {@link IllegalArgumentException} names the line that is wrong. */
    public static Scenario parse(String text) {
        String[] head = null;
        List<Step> steps = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n")) {
            number++;
            String trimmed = line.trim();
            if (trimmed.isEmpty() || trimmed.startsWith("#")) {
                continue;
            }
            String[] words = trimmed.split("\\s+");
            try {
                if (head == null) {
                    head = head(words);
                } else {
                    steps.add(step(words));
                }
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IllegalArgumentException("line " + number + ": " + trimmed, e);
            }
        }
        if (head == null) {
            throw new IllegalArgumentException("no line begins with \"scenario\"");
        }
        return new Scenario(head[1], Variant.of(head[2]), steps);
    }

    private static String[] head(String[] words) {
        if (!words[0].equals("scenario") || words.length != 3) {
            throw new IllegalArgumentException("a scenario begins with its name and variant");
        }
        Variant.of(words[2]);
        return words;
    }

    private static Step step(String[] words) {
        return switch (words[0]) {
            case "store" -> new Step.Store(number(words[1]), number(words[2]));
            case "write" -> new Step.Write((int) number(words[1]), Integer.parseInt(words[2]), number(words[3]));
            case "read" -> new Step.Read((int) number(words[1]), Integer.parseInt(words[2]));
            case "load" -> new Step.Load(number(words[1]));
            case "lay" -> new Step.Lay(new Bait(Integer.parseInt(words[1]), number(words[2])));
            case "probe" -> new Step.Probe(Requester.valueOf(words[1]), Step.Access.valueOf(words[2]), number(words[3]), stale(words[4]));
            case "copy" -> new Step.Copy(Requester.valueOf(words[1]), number(words[2]), number(words[3]), Integer.parseInt(words[4]), stale(words[5]));
            case "interrupt" -> new Step.Interrupt(Requester.valueOf(words[1]), (int) number(words[2]), (int) number(words[3]), stale(words[4]));
            default -> throw new IllegalArgumentException("no step is called " + words[0]);
        };
    }

    private static String freshness(boolean stale) {
        return stale ? "stale" : "fresh";
    }

    private static boolean stale(String word) {
        return switch (word) {
            case "stale" -> true;
            case "fresh" -> false;
            default -> throw new IllegalArgumentException("fresh or stale, not " + word);
        };
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static long number(String word) {
        if (!word.startsWith("0x")) {
            throw new IllegalArgumentException("not a number: " + word);
        }
        return Long.parseUnsignedLong(word.substring(2), 16);
    }
}
