/** The text of {@code lspci -x}, {@code -xxx} and {@code -xxxx}: configuration spaces in, configuration spaces out. Pure. */
package dev.dmarshal.core.pci.lspci;
