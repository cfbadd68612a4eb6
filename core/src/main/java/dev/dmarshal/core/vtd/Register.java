package dev.dmarshal.core.vtd;

/**
 * One register of a particular unit: where it is and how its bits behave. A bit in neither mask is read-only or reserved and keeps its reset value
 * unless the hardware changes it.
 *
 * @param name           which register
 * @param index          number of the register where there are several, else 0
 * @param offset         bytes from the start of the unit's register window
 * @param writable       bits that software stores
 * @param writeOneClears bits that software clears by writing 1
 * @param readable       bits that software sees; others read as 0
 * @param reset          value after reset
 */
public record Register(RegisterName name, int index, int offset, long writable, long writeOneClears, long readable, long reset) {

    /** Size in bytes: 4 or 8. */
    public int sizeBytes() {
        return name.bits() / 8;
    }
}
