package dev.dmarshal.doctor.twin;

import dev.dmarshal.core.vtd.UnitCapabilities;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * One remapping unit and what its tables say, as data: {@link Stage} makes the tables and plays requests against them. Immutable; each {@code with} gives
 * another one.
 *
 * @param capabilities of the unit
 * @param mode         form of its tables
 * @param translating  whether translation is on; off, every request reaches the address that it names
 * @param remapping    whether interrupt remapping is on
 * @param attachments  by requester id
 * @param interrupts   present entries by index
 */
public record Scene(UnitCapabilities capabilities, TableMode mode, boolean translating, boolean remapping, SortedMap<Integer, Attachment> attachments,
        SortedMap<Integer, InterruptSlot> interrupts) {

    /** Keeps its own copies. */
    public Scene {
        attachments = Collections.unmodifiableSortedMap(new TreeMap<>(attachments));
        interrupts = Collections.unmodifiableSortedMap(new TreeMap<>(interrupts));
    }

    /** A unit with translation and interrupt remapping on and empty tables. */
    public static Scene of(UnitCapabilities capabilities, TableMode mode) {
        return new Scene(capabilities, mode, true, true, new TreeMap<>(), new TreeMap<>());
    }

    /** With a requester attached, in whatever way it was before. */
    public Scene with(int sourceId, Attachment attachment) {
        TreeMap<Integer, Attachment> changed = new TreeMap<>(attachments);
        changed.put(sourceId, attachment);
        return new Scene(capabilities, mode, translating, remapping, changed, interrupts);
    }

    /** Without an entry for a requester. */
    public Scene without(int sourceId) {
        TreeMap<Integer, Attachment> changed = new TreeMap<>(attachments);
        changed.remove(sourceId);
        return new Scene(capabilities, mode, translating, remapping, changed, interrupts);
    }

    /** Without an entry for any requester of a bus. */
    public Scene withoutBus(int bus) {
        TreeMap<Integer, Attachment> changed = new TreeMap<>(attachments);
        changed.keySet().removeIf(id -> id >>> 8 == bus);
        return new Scene(capabilities, mode, translating, remapping, changed, interrupts);
    }

    /** With every attachment made anew. */
    public Scene withEach(UnaryOperator<Attachment> change) {
        TreeMap<Integer, Attachment> changed = new TreeMap<>(attachments);
        changed.replaceAll((id, attachment) -> change.apply(attachment));
        return new Scene(capabilities, mode, translating, remapping, changed, interrupts);
    }

    /** With an entry of the interrupt-remapping table. */
    public Scene with(int index, InterruptSlot slot) {
        TreeMap<Integer, InterruptSlot> changed = new TreeMap<>(interrupts);
        changed.put(index, slot);
        return new Scene(capabilities, mode, translating, remapping, attachments, changed);
    }

    /** With both tables empty. */
    public Scene emptied() {
        return new Scene(capabilities, mode, translating, remapping, new TreeMap<>(), new TreeMap<>());
    }

    /** With translation off. */
    public Scene untranslated() {
        return new Scene(capabilities, mode, false, remapping, attachments, interrupts);
    }

    /** With interrupt remapping off. */
    public Scene unremapped() {
        return new Scene(capabilities, mode, translating, false, attachments, interrupts);
    }

    /** Whether any requester of a bus has an entry. */
    public boolean hasBus(int bus) {
        return attachments.keySet().stream().anyMatch(id -> id >>> 8 == bus);
    }
}
