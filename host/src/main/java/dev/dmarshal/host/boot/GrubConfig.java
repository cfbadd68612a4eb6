package dev.dmarshal.host.boot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The menu of a {@code grub.cfg}, as grub-mkconfig writes it (GRUB manual, "Writing full configuration files directly"): entries, submenus, what each gives the
 * kernel, and which one is the default. Nothing is run; conditions are not followed.
 */
final class GrubConfig {

    private static final Pattern ENTRY = Pattern.compile("\\s*(menuentry|submenu)\\s+(?:'([^']*)'|\"([^\"]*)\"|(\\S+))(.*)");
    private static final Pattern ID = Pattern.compile("(?:--id|\\$\\{?menuentry_id_option\\}?)\\s+(?:'([^']*)'|\"([^\"]*)\"|(\\S+))");
    private static final Pattern KERNEL = Pattern.compile(
            "\\s*(linux|linux16|linuxefi|module2?|multiboot2?|xen_hypervisor|xen_module)\\s+(?:--\\S+\\s+)*(\\S+)\\s*(.*)");
    private static final Pattern DEFAULT = Pattern.compile("\\s*set\\s+default=(?:\"([^\"]*)\"|'([^']*)'|(\\S*))\\s*");
    private static final int MOST_LEVELS = 16;

    private final List<Entry> top = new ArrayList<>();
    private String defaultEntry = "0";
    private boolean readsEntries;

    private GrubConfig() {
    }

    /** An entry, or a submenu with entries in it. */
    static final class Entry {
        final String title;
        final String id;
        final List<Entry> below = new ArrayList<>();
        Optional<String> linux = Optional.empty();
        Optional<String> xen = Optional.empty();

        Entry(String title, String id) {
            this.title = title;
            this.id = id;
        }
    }

    static GrubConfig parse(String text) {
        GrubConfig config = new GrubConfig();
        Deque<Entry> open = new ArrayDeque<>();
        Deque<Integer> depths = new ArrayDeque<>();
        int depth = 0;
        for (String line : text.replace("\\\n", " ").split("\n")) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches() && line.stripTrailing().endsWith("{") && open.size() < MOST_LEVELS) {
                Entry made = entry(entry);
                (open.isEmpty() ? config.top : open.peek().below).add(made);
                open.push(made);
                depths.push(depth);
                depth++;
                continue;
            }
            String bare = line.strip();
            depth += bare.endsWith("{") ? 1 : 0;
            depth -= bare.equals("}") ? 1 : 0;
            if (!depths.isEmpty() && depth <= depths.peek()) {
                open.pop();
                depths.pop();
            }
            config.line(line, open.peek());
        }
        return config;
    }

    private static Entry entry(Matcher entry) {
        Matcher id = ID.matcher(entry.group(5));
        return new Entry(first(entry, 2), id.find() ? first(id, 1) : "");
    }

    private static String first(Matcher matcher, int from) {
        for (int i = from; i < from + 3; i++) {
            if (matcher.group(i) != null) {
                return matcher.group(i);
            }
        }
        return "";
    }

    private void line(String line, Entry entry) {
        if (entry == null) {
            Matcher set = DEFAULT.matcher(line);
            if (set.matches() && !line.contains("next_entry")) {
                defaultEntry = first(set, 1);
            }
            readsEntries |= line.strip().equals("blscfg");
            return;
        }
        Matcher kernel = KERNEL.matcher(line);
        if (!kernel.matches()) {
            return;
        }
        String command = kernel.group(1);
        if (command.startsWith("multiboot") || command.equals("xen_hypervisor")) {
            entry.xen = Optional.of(kernel.group(3).replaceFirst("^placeholder\\b\\s*", ""));
        } else if (entry.linux.isEmpty() && (command.startsWith("linux") || entry.xen.isPresent())) {
            // The first module behind Xen is dom0's kernel, the second one its initramfs.
            // "placeholder" stands where old Xen wanted the name of the file (util/grub.d/20_linux_xen.in).
            entry.linux = Optional.of(kernel.group(3).replaceFirst("^placeholder\\b\\s*", ""));
        }
    }

    /** Whether there is a menu here, and not only a pointer to another file. */
    boolean hasMenu() {
        return readsEntries || !top.isEmpty();
    }

    /** Whether it takes entries of the Boot Loader Specification. */
    boolean readsEntries() {
        return readsEntries;
    }

    /** The entry that is booted unless somebody chooses: by number, title or id, through submenus by {@code >}. */
    Optional<Entry> byDefault(Map<String, String> environment) {
        String wanted = ShellSettings.expand(defaultEntry, environment);
        List<Entry> menu = top;
        Optional<Entry> found = Optional.empty();
        for (String part : (wanted.isEmpty() ? "0" : wanted).split(">")) {
            found = choose(menu, part.strip());
            menu = found.map(entry -> entry.below).orElse(List.of());
        }
        // GRUB falls back to the first entry for what it does not find; a submenu stands for its first entry.
        Optional<Entry> chosen = found.isPresent() || top.isEmpty() ? found : Optional.of(top.getFirst());
        for (int level = 0; level < MOST_LEVELS && chosen.isPresent() && !chosen.get().below.isEmpty(); level++) {
            chosen = Optional.of(chosen.get().below.getFirst());
        }
        return chosen;
    }

    private static Optional<Entry> choose(List<Entry> menu, String wanted) {
        if (wanted.matches("[0-9]{1,4}")) {
            int index = Integer.parseInt(wanted);
            return index < menu.size() ? Optional.of(menu.get(index)) : Optional.empty();
        }
        return menu.stream().filter(entry -> entry.id.equals(wanted) || entry.title.equals(wanted)).findFirst();
    }
}
