package dev.dmarshal.host.holders;

import dev.dmarshal.host.HostRoot;
import dev.dmarshal.host.Reading;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Routes and addresses by interface: {@code /proc/net/route} (net/ipv4/fib_trie.c), {@code /proc/net/ipv6_route}, {@code /proc/net/if_inet6}. The numbers
 * of {@code route} are the network's bytes read as one word of the machine, so the first byte stands last on x86.
 */
final class RouteTable {

    static final String FILE = "/proc/net/route";
    private static final String FILE6 = "/proc/net/ipv6_route";
    private static final String ADDRESSES6 = "/proc/net/if_inet6";
    /** Routes that only refuse (RTF_REJECT, include/uapi/linux/ipv6_route.h). */
    private static final long REJECT = 0x200;

    private record Route(String name, long network, long mask, boolean direct) {
    }

    private final Set<String> defaults = new LinkedHashSet<>();
    private final Set<String> routed = new LinkedHashSet<>();
    private final List<Route> routes = new ArrayList<>();
    private final List<String> trouble = new ArrayList<>();
    private String addresses6 = "";

    private RouteTable() {
    }

    static RouteTable of(HostRoot host) {
        RouteTable table = new RouteTable();
        Reading<String> four = host.text(FILE);
        if (four.present().isEmpty()) {
            table.trouble.add(four.trouble().orElse(FILE + " is not there"));
        }
        four.present().orElse("").lines().skip(1).forEach(table::addFour);
        host.text(FILE6).present().orElse("").lines().forEach(table::addSix);
        table.addresses6 = host.text(ADDRESSES6).present().orElse("");
        return table;
    }

    String path() {
        return FILE;
    }

    List<String> trouble() {
        return trouble;
    }

    boolean isDefault(String name) {
        return defaults.contains(name);
    }

    boolean has(String name) {
        return routed.contains(name);
    }

    private void addFour(String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length < 8 || !hexWord(words[1]) || !hexWord(words[7]) || !hexWord(words[2])) {
            return;
        }
        long network = HexFormat.fromHexDigitsToLong(words[1]);
        long mask = HexFormat.fromHexDigitsToLong(words[7]);
        routed.add(words[0]);
        if (network == 0 && mask == 0) {
            defaults.add(words[0]);
        }
        routes.add(new Route(words[0], network, mask, words[2].equals("00000000")));
    }

    private static boolean hexWord(String word) {
        return word.length() == 8 && word.chars().allMatch(digit -> Character.digit(digit, 16) >= 0);
    }

    /** Destination, its prefix length, source, its length, gateway, metric, two counters, flags, interface. */
    private void addSix(String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length < 10 || !hexWord(words[8]) || (HexFormat.fromHexDigitsToLong(words[8]) & REJECT) != 0 || words[9].equals("lo")) {
            return;
        }
        if (words[1].equals("00") && words[0].chars().allMatch(digit -> digit == '0')) {
            defaults.add(words[9]);
        } else if (!words[0].startsWith("fe80") && !words[0].startsWith("ff")) {
            routed.add(words[9]);
        }
    }

    /** The interface that one of this host's own addresses is on. */
    Optional<String> interfaceOf(String address) {
        return address.indexOf(':') >= 0 ? six(address) : four(address);
    }

    private Optional<String> four(String address) {
        String[] parts = address.split("\\.");
        long word = 0;
        for (int at = parts.length - 1; at >= 0; at--) {
            if (parts.length != 4 || !parts[at].matches("[0-9]{1,3}")) {
                return Optional.empty();
            }
            word = word << 8 | Integer.parseInt(parts[at]);
        }
        Optional<Route> best = Optional.empty();
        for (Route route : routes) {
            if (route.direct() && route.mask() != 0 && (word & route.mask()) == route.network()
                    && best.map(other -> Long.bitCount(other.mask()) < Long.bitCount(route.mask())).orElse(true)) {
                best = Optional.of(route);
            }
        }
        return best.map(Route::name);
    }

    private Optional<String> six(String address) {
        String digits = digits(address.toLowerCase(Locale.ROOT));
        return addresses6.lines().map(line -> line.strip().split("\\s+")).filter(words -> words.length >= 6 && words[0].equals(digits)).map(words -> words[5])
                .findFirst();
    }

    /** The 32 digits of an address with {@code ::}; empty for what is none. */
    private static String digits(String address) {
        String bare = address.contains("%") ? address.substring(0, address.indexOf('%')) : address;
        int gap = bare.indexOf("::");
        String left = padded(gap < 0 ? bare : bare.substring(0, gap));
        String right = padded(gap < 0 ? "" : bare.substring(gap + 2));
        int missing = 32 - left.length() - right.length();
        return missing < 0 || gap < 0 && missing != 0 ? "" : left + "0".repeat(missing) + right;
    }

    private static String padded(String words) {
        StringBuilder digits = new StringBuilder();
        for (String word : words.split(":")) {
            if (!word.isEmpty()) {
                digits.repeat('0', Math.max(0, 4 - word.length())).append(word);
            }
        }
        return digits.toString();
    }
}
