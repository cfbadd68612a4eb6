import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Gives a library's jar a module descriptor in place, so that jlink takes it and the AOT cache keeps the module graph: neither wants automatic modules.
 *
 * <p>Arguments: the jar, the name that it has as an automatic module, the modules that it needs. All its packages are exported and open (JNA reads fields).
 */
final class Modularise {

    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
            Set<String> packages = packages(files.getPath("/"));
            ModuleAttribute module = ModuleAttribute.of(ModuleDesc.of(arguments[1]), descriptor -> {
                descriptor.moduleFlags(ClassFile.ACC_OPEN);
                descriptor.requires(ModuleDesc.of("java.base"), ClassFile.ACC_MANDATED, null);
                for (int i = 2; i < arguments.length; i++) {
                    descriptor.requires(ModuleDesc.of(arguments[i]), ClassFile.ACC_TRANSITIVE, null);
                }
                packages.forEach(name -> descriptor.exports(PackageDesc.of(name), 0));
            });
            Files.write(files.getPath("/module-info.class"), ClassFile.of().buildModule(module));
        }
    }

    private static Set<String> packages(Path root) throws IOException {
        Set<String> packages = new TreeSet<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(path -> path.toString().endsWith(".class") && path.getNameCount() > 1)
                    .forEach(path -> packages.add(root.relativize(path.getParent()).toString().replace('/', '.')));
        }
        return packages;
    }
}
