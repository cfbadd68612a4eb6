package dev.dmarshal.lab.rows;

import dev.dmarshal.core.unit.PageRequestOutcome;
import dev.dmarshal.core.unit.Translation.Completion;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads what stands behind {@code =>}. */
final class OutcomeReader {

    private OutcomeReader() {
    }

    /** Outcome of a DMA or ATS request. */
    static Expected dma(String text) {
        Words words = new Words(text);
        Expected expected = words.peek().filter(Words::isNumber).isPresent() ? reaches(words) : switch (words.next()) {
            case "fault" -> faults(words, Expected.Record.MADE);
            case "quiet" -> faults(words, Expected.Record.QUIET);
            case "blocked" -> words.more() ? faults(words, Expected.Record.LEFT) : new Expected.Blocked();
            case "no-rights" -> new Expected.WithoutRights(Words.code(words.next()));
            case "untranslated-only" -> new Expected.UntranslatedOnly();
            case "interrupt" -> new Expected.InterruptRequest();
            default -> throw new RowException("no outcome of a request: " + text);
        };
        words.end();
        return expected;
    }

    private static Expected reaches(Words words) {
        long address = words.number();
        Optional<String> rights = words.peek().filter(word -> word.matches("[-r][-w][-x]?"));
        rights.ifPresent(words::take);
        Optional<Boolean> snooped = words.take("snooped") ? Optional.of(true) : words.take("unsnooped") ? Optional.of(false) : Optional.empty();
        OptionalInt type = words.take("type") ? OptionalInt.of((int) words.number()) : OptionalInt.empty();
        OptionalInt size = words.take("page") ? OptionalInt.of(pageBits(words.next())) : OptionalInt.empty();
        return new Expected.Reaches(address, rights, snooped, type, size);
    }

    private static int pageBits(String word) {
        return switch (word) {
            case "4K" -> 12;
            case "2M" -> 21;
            case "1G" -> 30;
            case "none" -> 52;
            default -> throw new RowException("no page size: " + word);
        };
    }

    private static Expected faults(Words words, Expected.Record record) {
        int code = Words.code(words.next());
        Optional<Completion> completion = words.take("ur") ? Optional.of(Completion.UNSUPPORTED_REQUEST)
                : words.take("ca") ? Optional.of(Completion.COMPLETER_ABORT) : Optional.empty();
        return new Expected.Faults(code, record, completion);
    }

    /** Outcome of an interrupt request. */
    static Expected interrupt(String text) {
        Words words = new Words(text);
        Expected expected = switch (words.next()) {
            case "vector" -> delivered(words);
            case "passed" -> new Expected.Passed();
            case "posted" -> new Expected.Posted(words.take("notify") ? Optional.of(delivered(words)) : Optional.empty());
            case "fault" -> faults(words, Expected.Record.MADE);
            case "quiet" -> faults(words, Expected.Record.QUIET);
            case "blocked" -> faults(words, Expected.Record.LEFT);
            default -> throw new RowException("no outcome of an interrupt: " + text);
        };
        words.end();
        return expected;
    }

    /** {@code 0x41 to 3}, then what is not fixed, physical, edge. */
    private static Expected.Delivered delivered(Words words) {
        int vector = (int) words.number();
        if (!words.take("to")) {
            throw new RowException("an interrupt goes \"to\" a destination");
        }
        int destination = (int) words.number();
        int mode = words.take("mode") ? (int) words.number() : 0;
        boolean logical = words.take("logical");
        boolean hint = words.take("hint");
        return new Expected.Delivered(vector, mode, logical, hint, words.take("level"), destination);
    }

    /** Outcome of a page request. */
    static Expected page(String text) {
        try {
            return text.strip().startsWith("fault ") || text.strip().startsWith("quiet ") ? dma(text)
                    : new Expected.Page(PageRequestOutcome.valueOf(text.strip().toUpperCase(Locale.ROOT).replace('-', '_')));
        } catch (IllegalArgumentException e) {
            throw new RowException("no outcome of a page request: " + text);
        }
    }
}
