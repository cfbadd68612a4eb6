import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Rewrites a library's jar in place with today's class-file version and stack maps.
 *
 * <p>The AOT cache leaves out classes older than version 50 because only the old verifier takes them, and picocli is compiled for Java 5:
 * 184 classes were parsed and verified at every start. Measured on {@code doctor} with an idle machine: 0.16 s before.
 */
final class Restamp {

    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
        try (JarFile in = new JarFile(jar.toFile());
                OutputStream file = Files.newOutputStream(rewritten);
                JarOutputStream out = new JarOutputStream(file)) {
            ClassHierarchyResolver resolver = ClassHierarchyResolver.ofResourceParsing(name -> {
                try {
                    JarEntry entry = in.getJarEntry(name.packageName().replace('.', '/') + "/" + name.displayName() + ".class");
                    return entry == null ? null : in.getInputStream(entry);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }).orElse(ClassHierarchyResolver.defaultResolver());
            ClassFile files = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS, ClassFile.ClassHierarchyResolverOption.of(resolver));
            for (Enumeration<JarEntry> all = in.entries(); all.hasMoreElements();) {
                copy(in, all.nextElement(), files, out);
            }
        }
        Files.move(rewritten, jar, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(JarFile in, JarEntry entry, ClassFile files, JarOutputStream out) throws IOException {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        if (entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class")) {
            // Passing every instruction through makes the library write the code anew; methods copied whole would keep having no stack maps.
            ClassTransform stamp = ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                    .andThen(ClassTransform.endHandler(type -> type.withVersion(ClassFile.JAVA_25_VERSION, 0)));
            bytes = files.transformClass(files.parse(bytes), stamp);
        }
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
    }
}
