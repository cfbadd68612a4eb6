package dev.dmarshal.host.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks what is personal in a text: what its form gives away (UUIDs, MAC and IP addresses, e-mail addresses, serial numbers with a word before them,
 * passwords), and what is known to be personal on this machine (its name, its users, serial numbers that were read elsewhere).
 */
final class Scrubber {

    private static final String NOT_BEFORE = "(?<![0-9A-Za-z])";
    private static final String NOT_AFTER = "(?![0-9A-Za-z])";
    /** What systemd writes for a minus in unit names. */
    private static final String DASH = "(?:-|_|\\\\x2d)";
    private static final Pattern UUID = Pattern.compile(NOT_BEFORE + "[0-9a-fA-F]{8}" + (DASH + "[0-9a-fA-F]{4}").repeat(3) + DASH + "[0-9a-fA-F]{12}"
            + NOT_AFTER);
    private static final Pattern MACHINE_ID = Pattern.compile(NOT_BEFORE + "[0-9a-fA-F]{32}" + NOT_AFTER);
    private static final Pattern MAC = Pattern.compile("(?<![0-9A-Fa-f:.-])[0-9a-fA-F]{2}([:-])(?:[0-9a-fA-F]{2}\\1){4,18}[0-9a-fA-F]{2}(?![0-9A-Fa-f:])");
    private static final Pattern NAMED_BY_MAC = Pattern.compile("(?<=(?<![0-9A-Za-z])(?:en|wl|ww|ib|sl)[xX])[0-9a-fA-F]{12}" + NOT_AFTER);
    private static final Pattern WORLD_WIDE_NAME = Pattern.compile("(?<=(?:naa\\.|eui\\.|wwn-0x|wwid[=: ]|nvme\\.|uuid\\.))[0-9a-fA-F]{8,64}" + NOT_AFTER);
    private static final Pattern VOLUME = Pattern.compile("(?i)(?<=UUID=\"?|by-uuid/)[0-9a-f]{4}-[0-9a-f]{4}" + NOT_AFTER
            + "|(?<=PARTUUID=\"?|by-partuuid/)[0-9a-f]{8}(?=-[0-9a-f]{2}(?![0-9a-f]))");
    private static final Pattern IPV4 = Pattern.compile("(?<![\\w.-])(?:[0-9]{1,3}\\.){3}[0-9]{1,3}(?![\\w-]|\\.[0-9])");
    private static final Pattern MULTICAST_OR_LOCAL = Pattern.compile("(?:fe80|ff[0-9a-f]{2})0{12}[0-9a-f]{16}");
    private static final int SCOPE_DIGITS = 16;
    private static final Pattern IPV6 = Pattern.compile(
            "(?<![\\w:.])(?:(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::"
            + "(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}))(?![\\w:])");
    private static final Pattern EMAIL = Pattern.compile("(?<![\\w.@])[\\w.+-]+"
            + "@(?!\\S*\\.(?:service|socket|target|slice|timer|mount|scope|device)\\b)[\\w-]+(?:\\.[\\w-]+)+");
    /** What follows these is personal. The first group stays. */
    private static final List<Pattern> FOLLOWS = List.of(
            Pattern.compile("(?i)(\\bserial(?: ?number| no\\.?)?\\s*[:=]\\s*\"?|\\bS/N\\s*[:=]?\\s*)([^\\s\",;)]{3,})"),
            Pattern.compile("(?i)([\\w.-]*(?:password|passwd|passphrase|secret|token|apikey)[\\w.-]*\\s*[=:]\\s*\"?)([^\\s\"]+)"),
            Pattern.compile("(?m)(^\\s*password\\S*\\s+)(\\S.*)$"), Pattern.compile("(grub\\.pbkdf2\\.sha512\\.)(\\S+)"),
            Pattern.compile("((?:Set hostname to|Hostname set to|hostname[=:]|systemd\\.hostname=)\\s*<?\"?)([^\\s<>\",]+)"),
            Pattern.compile("(?m)(^host\\s*:\\s*)(\\S+)"), Pattern.compile("((?:/home|/Users|/run/media|/media)/)([^/\\s:\",]+)"),
            Pattern.compile("(\\b(?:PART)?LABEL=\"?|by-(?:part)?label/)([^\\s\",/]+)"), Pattern.compile("(\\biqn\\.[0-9]{4}-[0-9]{2}\\.)([^\\s,]+)"),
            Pattern.compile("((?:user|username|USER|LOGNAME|acct|ssid|SSID)=[\"']?)([^\\s\"',]+)"),
            Pattern.compile("(\\bUniq=)(\\S+)"), Pattern.compile("(input: )(\\S.*?)(?= as /devices/(?:virtual/misc/uhid|\\S*bluetooth))"));
    /** GUIDs that the same things have on every machine: EFI's and systemd's variables, partition types, well-known ones of ACPI are no text here. */
    private static final Set<String> COMMON = Set.of("8be4df61-93ca-11d2-aa0d-00e098032b8c", "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f");
    /** Names of machines and users that say nothing, and would spoil the text if they were masked in it. */
    private static final Set<String> ORDINARY = Set.of("localhost", "localhost.localdomain", "linux", "debian", "ubuntu", "fedora", "arch", "archlinux",
            "nixos", "gentoo", "suse", "opensuse", "centos", "rocky", "alma", "proxmox", "unraid", "truenas", "root", "user", "admin", "test", "kernel",
            "intel", "server", "desktop", "laptop", "host", "none", "default string", "to be filled by o.e.m.", "not specified", "system serial number",
            "not applicable", "invalid", "unknown", "default");
    private static final int SHORTEST = 4;

    private final Masks masks;
    private final Map<String, String> known = new TreeMap<>(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
    private Pattern anyKnown;

    Scrubber(Masks masks) {
        this.masks = masks;
    }

    /** Has values masked wherever they come up; ordinary words and very short ones are left alone. */
    void know(String sort, Collection<String> values) {
        for (String value : values) {
            String word = value.strip();
            if (word.matches("(?i)[0-9a-f]{2}(?::[0-9a-f]{2}){5}")) {
                // Boot firmware and drivers write it without colons too.
                known.put(word.toLowerCase(Locale.ROOT).replace(":", ""), masks.mac(word.replace(":", "")));
            }
            // What has a form is masked by its form, wherever it is; twice masked would be another mask.
            if (byForm(word).equals(word) && word.length() >= SHORTEST && !ORDINARY.contains(word.toLowerCase(Locale.ROOT)) && !word.chars()
                    .allMatch(c -> c == word.charAt(0))) {
                known.put(word.toLowerCase(Locale.ROOT), whole(sort, word));
            }
        }
        anyKnown = null;
    }

    /** The mask of a value that is personal as a whole; one with a form keeps the form. */
    String whole(String sort, String value) {
        String scrubbed = byForm(value);
        return scrubbed.equals(value) ? masks.word(sort, value) : scrubbed;
    }

    /** A text with what is personal in it masked. */
    String scrub(String text) {
        String audited = text.contains("audit") ? text.replaceAll("(audit[:(][^\\n]*?\\): )[^\\n]*", "$1(masked)")
                .replaceAll("(audit: type=\\d+ )[^\\n]*", "$1(masked)") : text;
        return byForm(following(knownWords(audited)));
    }

    private String knownWords(String text) {
        if (known.isEmpty()) {
            return text;
        }
        if (anyKnown == null) {
            List<String> words = new ArrayList<>();
            known.keySet().forEach(word -> words.add(Pattern.quote(word)));
            anyKnown = Pattern.compile(NOT_BEFORE + "(?:" + String.join("|", words) + ")" + NOT_AFTER, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        }
        return replace(anyKnown, text, match -> known.getOrDefault(match.group().toLowerCase(Locale.ROOT), masks.word("name", match.group())));
    }

    private String following(String text) {
        String done = text;
        for (Pattern pattern : FOLLOWS) {
            done = replace(pattern, done, match -> match.group(1) + (masked(match.group(2)) ? match.group(2) : whole("masked", match.group(2))));
        }
        return done;
    }

    /** What a mask made is not masked again: else the same value would have two masks. */
    private static boolean masked(String value) {
        return value.matches("(?:masked|name|user|serial)-[0-9a-f]{8}") || value.equals("root");
    }

    private String byForm(String text) {
        String done = replace(UUID, text, match -> COMMON.contains(match.group().toLowerCase(Locale.ROOT)) ? match.group() : masks.hex("uuid", match.group()));
        done = replace(MACHINE_ID, done, match -> machineId(match.group()));
        done = replace(MAC, done, match -> plain(match.group().replaceAll("[:-]", "")) ? match.group() : masks.mac(match.group()));
        done = replace(NAMED_BY_MAC, done, match -> masks.mac(match.group()));
        done = replace(WORLD_WIDE_NAME, done, match -> masks.hex("wwn", match.group()));
        done = replace(VOLUME, done, match -> masks.hex("volume", match.group()));
        done = replace(EMAIL, done, match -> masks.word("masked", match.group()));
        done = replace(IPV4, done, match -> address(match.group()) ? masks.ipv4(match.group()) : match.group());
        return replace(IPV6, done, match -> match.group().matches("[0:]*1?") ? match.group() : masks.ipv6(match.group()));
    }

    /** Link-local and multicast addresses have this form too, in {@code /proc/net/ipv6_route}: what tells them from addresses that lead out must stay. */
    private String machineId(String digits) {
        if (plain(digits) || MULTICAST_OR_LOCAL.matcher(digits).matches() && digits.substring(SCOPE_DIGITS).chars().allMatch(c -> c == '0')) {
            return digits;
        }
        String mask = masks.hex("uuid", digits);
        return MULTICAST_OR_LOCAL.matcher(digits).matches() ? digits.substring(0, SCOPE_DIGITS) + mask.substring(SCOPE_DIGITS) : mask;
    }

    /** All digits the same: no address, but a place where one could be. */
    private static boolean plain(String digits) {
        return digits.chars().allMatch(c -> c == digits.charAt(0));
    }

    private static boolean address(String text) {
        for (String part : text.split("\\.")) {
            if (Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return !text.startsWith("0.") && !text.startsWith("127.") && !text.startsWith("255.");
    }

    private static String replace(Pattern pattern, String text, Function<MatchResult, String> mask) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.reset().replaceAll(match -> Matcher.quoteReplacement(mask.apply(match))) : text;
    }
}
