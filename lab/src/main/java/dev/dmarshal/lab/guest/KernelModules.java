package dev.dmarshal.lab.guest;

import dev.dmarshal.lab.LabFailure;
import dev.dmarshal.lab.LabFailure.Kind;
import dev.dmarshal.lab.setup.LinuxKernel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/**
 * The modules of a kernel, found by name, with what they depend on. Packages come without {@code modules.dep}, so dependencies are read from the
 * modules themselves
 * (the {@code depends=} of their {@code .modinfo}).
 */
final class KernelModules {

    private static final Pattern FILE = Pattern.compile("(.+)\\.ko(\\.xz)?");
    private static final Pattern DEPENDS = Pattern.compile("\\x00depends=([^\\x00]*)\\x00");

    private final LinuxKernel kernel;
    private final Map<String, Path> byName = new HashMap<>();
    private final Set<String> builtIn;

    KernelModules(LinuxKernel kernel) throws LabFailure {
        this.kernel = kernel;
        try (Stream<Path> files = Files.walk(kernel.modules())) {
            files.forEach(this::note);
            Path list = kernel.modules().resolve("modules.builtin");
            builtIn = Files.isReadable(list)
                    ? Files.readAllLines(list).stream().map(line -> plain(Path.of(line).getFileName().toString())).collect(Collectors.toSet()) : Set.of();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new LabFailure(Kind.MISSING, "cannot read the modules of " + kernel.release(), e);
        }
    }

    /**
     * The modules of these names and all that they depend on, unpacked: module to its bytes, what is depended on first. Names that are built into the
     * kernel are left out.
     */
    Map<String, byte[]> closure(List<String> names) throws LabFailure {
        Map<String, byte[]> found = new LinkedHashMap<>();
        for (String name : names) {
            add(plain(name), found);
        }
        return found;
    }

    /** The text of {@code modules.dep} for such modules: a line lists all that must be loaded before, what is loaded first last, as depmod does it. */
    static String dependencyFile(Map<String, byte[]> modules) {
        StringBuilder text = new StringBuilder();
        for (String module : modules.keySet()) {
            Set<String> needed = new LinkedHashSet<>();
            need(module, modules, needed);
            needed.remove(module);
            text.append(module).append(".ko:");
            List.copyOf(needed).reversed().forEach(other -> text.append(' ').append(other).append(".ko"));
            text.append('\n');
        }
        return text.toString();
    }

    private static void need(String module, Map<String, byte[]> modules, Set<String> needed) {
        for (String other : dependencies(modules.get(module))) {
            if (modules.containsKey(other) && !needed.contains(other)) {
                need(other, modules, needed);
            }
        }
        needed.add(module);
    }

    /** The names a module's bytes say it depends on. */
    static List<String> dependencies(byte[] module) {
        Matcher matcher = DEPENDS.matcher(new String(module, StandardCharsets.ISO_8859_1));
        if (!matcher.find() || matcher.group(1).isEmpty()) {
            return List.of();
        }
        return Stream.of(matcher.group(1).split(",")).map(KernelModules::plain).toList();
    }

    private void add(String name, Map<String, byte[]> found) throws LabFailure {
        if (found.containsKey(name) || builtIn.contains(name)) {
            return;
        }
        Path file = byName.get(name);
        if (file == null) {
            throw new LabFailure(Kind.MISSING, "kernel " + kernel.release() + " has no module " + name);
        }
        byte[] module;
        try (InputStream in = file.toString().endsWith(".xz") ? new XZInputStream(Files.newInputStream(file)) : Files.newInputStream(file)) {
            module = in.readAllBytes();
        } catch (IOException e) {
            throw new LabFailure(Kind.MISSING, "cannot read " + file, e);
        }
        List<String> first = new ArrayList<>(dependencies(module));
        for (String other : first) {
            add(other, found);
        }
        found.put(name, module);
    }

    private void note(Path file) {
        if (FILE.matcher(file.getFileName().toString()).matches()) {
            byName.put(plain(file.getFileName().toString()), file);
        }
    }

    /** Names are written with dashes or underlines; the kernel takes both for the same. */
    private static String plain(String name) {
        Matcher matcher = FILE.matcher(name);
        return (matcher.matches() ? matcher.group(1) : name).replace('-', '_');
    }
}
