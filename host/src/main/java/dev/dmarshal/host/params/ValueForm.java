package dev.dmarshal.host.params;

import dev.dmarshal.host.version.Platform;
import dev.dmarshal.host.version.Release;
import java.util.Optional;
import java.util.Set;

/** The form of values that a row of the catalogue stands for. */
sealed interface ValueForm {

    /** Xen's words for yes and no: xen/common/kernel.c parse_bool. */
    Set<String> XEN_YES = Set.of("1", "on", "yes", "true", "enable");
    /** Its words for no. */
    Set<String> XEN_NO = Set.of("0", "off", "no", "false", "disable");
    /** Since this release a Xen sub-option may be written {@code word=yes} (parse_boolean); before it only {@code word} and {@code no-word} are read. */
    Release XEN_SUBOPTION_VALUES = new Release(4, 12, 0);

    /** How well it fits a value: 0 is not at all, and the greatest wins. */
    int fit(Optional<String> value, Optional<Release> release);

    /** A value that a person could write, for suggestions; empty where there is none. */
    Optional<String> example();

    static ValueForm parse(Platform platform, String text) {
        return switch (text) {
            case "*" -> new Anything();
            case "-" -> new NoValue();
            case "bool:true" -> new Truth(platform, true);
            case "bool:false" -> new Truth(platform, false);
            default -> words(platform, text);
        };
    }

    private static ValueForm words(Platform platform, String text) {
        if (platform == Platform.XEN && (text.startsWith("+") || text.startsWith("!"))) {
            return new Suboption(text.substring(1), text.startsWith("+"));
        }
        return text.endsWith("^") ? new Start(text.substring(0, text.length() - 1), true)
                : text.endsWith("=") ? new Start(text, false) : new Literal(text);
    }

    /** Any value, or none. */
    record Anything() implements ValueForm {
        @Override
        public int fit(Optional<String> value, Optional<Release> release) {
            return 1;
        }

        @Override
        public Optional<String> example() {
            return Optional.empty();
        }
    }

    /** The bare word. */
    record NoValue() implements ValueForm {
        @Override
        public int fit(Optional<String> value, Optional<Release> release) {
            return value.filter(text -> !text.isEmpty()).isEmpty() ? 1_000 : 0;
        }

        @Override
        public Optional<String> example() {
            return Optional.empty();
        }
    }

    /** Exactly this. */
    record Literal(String text) implements ValueForm {
        @Override
        public int fit(Optional<String> value, Optional<Release> release) {
            return value.filter(text::equals).isPresent() ? 1_000 : 0;
        }

        @Override
        public Optional<String> example() {
            return Optional.of(text);
        }
    }

    /** Anything that starts like this: the kernel compares with strncmp. */
    record Start(String text, boolean word) implements ValueForm {
        @Override
        public int fit(Optional<String> value, Optional<Release> release) {
            return value.filter(given -> given.startsWith(text)).isPresent() ? 10 + text.length() : 0;
        }

        @Override
        public Optional<String> example() {
            return word ? Optional.of(text) : Optional.of(text.substring(0, text.length() - 1));
        }
    }

    /** A boolean value. Linux looks at one or two letters (lib/kstrtox.c kstrtobool; a module's bool without a value is true); Xen wants whole words. */
    record Truth(Platform platform, boolean yes) implements ValueForm {
        @Override
        public int fit(Optional<String> value, Optional<Release> release) {
            return meaning(value).filter(given -> given == yes).isPresent() ? 900 : 0;
        }

        private Optional<Boolean> meaning(Optional<String> value) {
            if (value.isEmpty()) {
                return platform == Platform.LINUX ? Optional.of(true) : Optional.empty();
            }
            String text = value.get();
            if (platform == Platform.XEN) {
                return XEN_YES.contains(text) ? Optional.of(true) : XEN_NO.contains(text) ? Optional.of(false) : Optional.empty();
            }
            return linux(text);
        }

        private static Optional<Boolean> linux(String text) {
            String start = text.length() > 1 && (text.charAt(0) | 0x20) == 'o' ? text.substring(0, 2).toLowerCase(java.util.Locale.ROOT)
                    : text.isEmpty() ? "" : text.substring(0, 1);
            return switch (start) {
                case "y", "Y", "1", "on" -> Optional.of(true);
                case "n", "N", "0", "of" -> Optional.of(false);
                default -> Optional.empty();
            };
        }

        @Override
        public Optional<String> example() {
            return Optional.of(yes ? "1" : "0");
        }
    }

    /** A sub-option of Xen in its positive or negative form. */
    record Suboption(String word, boolean yes) implements ValueForm {
        @Override
        public int fit(Optional<String> value, Optional<Release> release) {
            if (value.isEmpty()) {
                return 0;
            }
            String text = value.get();
            if (text.equals(word) || text.equals("no-" + word)) {
                return text.equals(word) == yes ? 900 : 0;
            }
            boolean readsValues = release.isEmpty() || release.get().atLeast(XEN_SUBOPTION_VALUES);
            if (!readsValues || !text.startsWith(word + "=")) {
                return 0;
            }
            String given = text.substring(word.length() + 1);
            return (yes ? XEN_YES : XEN_NO).contains(given) ? 900 : 0;
        }

        @Override
        public Optional<String> example() {
            return Optional.of(yes ? word : "no-" + word);
        }
    }
}
