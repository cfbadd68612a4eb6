package dev.dmarshal.passthrough.xen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The notation in which {@code xm} took functions of the guest: each function or end of a range with its own {@code =VFN}, before the slot, such as
 * {@code 00:1a.0=1,1=0@5} or {@code 00:1d.0=7-7=0} (tools/python/xen/util/pci.py, pci_func_list_process; Xen 4.0 to 4.4). Where no function becomes the
 * guest's function 0, the lowest one that was given none does (parse_pci_name_extended). What would name a function twice so, as
 * {@code 0,1=0,1}, is left as it is: a list before and a list behind the one {@code =}.
 *
 * @param device  the device with the functions of the guest behind the slot: {@code 00:1a.0,1@5=1,0}; as it was if it has no such pair
 * @param trouble why it cannot be read
 */
record FunctionPairs(String device, Optional<String> trouble) {

    private static final String ONE = "[0-7](?:=[0-7])?";
    private static final Pattern PAIRS = Pattern.compile("(.*\\.)(" + ONE + "(?:-" + ONE + ")?(?:," + ONE + "(?:-" + ONE + ")?)*)(@[0-9a-f]{1,2})?");

    /** @param given whether the function in the guest was written */
    private record Pair(int host, int guest, boolean given) {
    }

    /** Reads the part of an entry that says which device. */
    static FunctionPairs of(String device) {
        Matcher matcher = PAIRS.matcher(device.toLowerCase(Locale.ROOT));
        if (!matcher.matches() || !matcher.group(2).contains("=")) {
            return new FunctionPairs(device, Optional.empty());
        }
        List<Pair> pairs = new ArrayList<>();
        for (String part : matcher.group(2).split(",")) {
            List<Pair> ends = List.of(part.split("-")).stream().map(FunctionPairs::pair).toList();
            int steps = Math.abs(ends.getLast().host() - ends.getFirst().host());
            if (steps != Math.abs(ends.getLast().guest() - ends.getFirst().guest())) {
                return new FunctionPairs(device, Optional.of("a range has as many functions in the guest as on the host, unlike " + part));
            }
            boolean given = ends.size() > 1 || ends.getFirst().given();
            IntStream.rangeClosed(0, steps).forEach(step -> pairs.add(new Pair(between(ends.getFirst().host(), ends.getLast().host(), step),
                    between(ends.getFirst().guest(), ends.getLast().guest(), step), given)));
        }
        if (pairs.stream().map(Pair::host).distinct().count() < pairs.size() || pairs.stream().map(Pair::guest).distinct().count() < pairs.size()) {
            return new FunctionPairs(device, Optional.empty());
        }
        withFunctionZero(pairs);
        return new FunctionPairs(matcher.group(1) + numbers(pairs.stream().map(Pair::host).toList()) + (matcher.group(3) == null ? "" : matcher.group(3))
                + "=" + numbers(pairs.stream().map(Pair::guest).toList()), Optional.empty());
    }

    private static void withFunctionZero(List<Pair> pairs) {
        if (pairs.stream().noneMatch(pair -> pair.guest() == 0)) {
            pairs.stream().filter(pair -> !pair.given()).min((one, other) -> Integer.compare(one.host(), other.host()))
                    .ifPresent(lowest -> pairs.set(pairs.indexOf(lowest), new Pair(lowest.host(), 0, false)));
        }
    }

    private static Pair pair(String text) {
        int host = text.charAt(0) - '0';
        return text.length() > 1 ? new Pair(host, text.charAt(2) - '0', true) : new Pair(host, host, false);
    }

    private static int between(int from, int to, int step) {
        return from <= to ? from + step : from - step;
    }

    private static String numbers(List<Integer> numbers) {
        return String.join(",", numbers.stream().map(String::valueOf).toList());
    }
}
