package dev.dmarshal.core.image;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes memory into files of each format that has headers, independently of the code that reads them. */
public final class ImageWriters {

    /** A range of memory to be written; {@code bytes} may be shorter than {@code sizeBytes}. */
    public record Part(long base, long sizeBytes, byte[] bytes) {
        public static Part of(long base, byte[] bytes) {
            return new Part(base, bytes.length, bytes);
        }
    }

    private ImageWriters() {
    }

    public static ByteSource source(byte[] bytes) {
        return new MappedBytes(MemorySegment.ofArray(bytes));
    }

    public static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An ELF core with notes; with {@code extended} the count of program headers is in a section header. */
    public static byte[] elf(List<Part> parts, String coreInfo, long cr3, boolean extended) {
        byte[] notes = notes(coreInfo, cr3);
        int headers = parts.size() + 1;
        int section = extended ? 64 : 0;
        // Not a multiple of eight: nothing in a core is aligned.
        int notesAt = 64 + section + headers * 56;
        int dataAt = notesAt + notes.length + 3;
        ByteBuffer header = little(dataAt);
        header.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0).putShort((short) 4).putShort((short) 62).putInt(1).putLong(0);
        header.putLong(64 + section).putLong(extended ? 64 : 0).putInt(0).putShort((short) 64).putShort((short) 56);
        header.putShort((short) (extended ? 0xFFFF : headers)).putShort((short) (extended ? 64 : 0)).putShort((short) (extended ? 1 : 0)).putShort((short) 0);
        if (extended) {
            header.putInt(64 + 44, headers);
            header.position(128);
        }
        program(header, 4, notesAt, 0, notes.length, notes.length);
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Part part : parts) {
            program(header, 1, dataAt + data.size(), part.base, part.bytes.length, part.sizeBytes);
            data.writeBytes(part.bytes);
        }
        header.put(notesAt, notes);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(header.array());
        file.writeBytes(data.toByteArray());
        return file.toByteArray();
    }

    private static void program(ByteBuffer header, int type, long offset, long address, long stored, long size) {
        header.putInt(type).putInt(0).putLong(offset).putLong(0).putLong(address).putLong(stored).putLong(size).putLong(0);
    }

    private static byte[] notes(String coreInfo, long cr3) {
        byte[] info = coreInfo.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(note("VMCOREINFO", info));
        byte[] state = new byte[440];
        ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN).putLong(8 + 18 * 8 + 10 * 24 + 3 * 8, cr3);
        out.writeBytes(note("QEMU", state));
        return out.toByteArray();
    }

    private static byte[] note(String name, byte[] content) {
        byte[] letters = (name + "\0").getBytes(StandardCharsets.UTF_8);
        ByteBuffer note = little(12 + (letters.length + 3 & ~3) + (content.length + 3 & ~3));
        note.putInt(letters.length).putInt(content.length).putInt(0).put(letters);
        note.position(12 + (letters.length + 3 & ~3));
        return note.put(content).array();
    }

    public static byte[] lime(List<Part> parts) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        for (Part part : parts) {
            file.writeBytes(little(32).putInt(0x4C694D45).putInt(1).putLong(part.base).putLong(part.base + part.sizeBytes - 1).array());
            file.writeBytes(part.bytes);
        }
        return file.toByteArray();
    }
}
