package org.betatron.torch.parallel;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets parts that run side by side change shared things one after the other, in the order of the
/// parts: a sum of floating-point numbers depends on its order, and should be the same every time.
///
/// Part 0 goes first at every place, part 1 may follow at a place as soon as part 0 was there. Parts
/// that visit places in the same order hardly wait for each other. Thread-safe.
public final class Turns {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final int[] next; // [places]: whose turn it is

    /// @param numPlaces number of things that are shared
    public Turns(int numPlaces) {
        next = new int[numPlaces];
    }

    /// Waits until all parts before this one were here, then works.
    public void take(int part, int place, Runnable work) {
        await(part, place);
        try {
            work.run();
        } finally {
            pass(part, place);
        }
    }

    /// Gives up the turns that a part did not take, so that those after it do not wait for ever.
    public void leave(int part) {
        for (int place = 0; place < next.length; place++) {
            if (await(part, place)) {
                pass(part, place);
            }
        }
    }

    /// @return whether it is the part's turn; false if it was before
    private boolean await(int part, int place) {
        lock.lock();
        try {
            while (next[place] < part) {
                moved.awaitUninterruptibly();
            }
            return next[place] == part;
        } finally {
            lock.unlock();
        }
    }

    private void pass(int part, int place) {
        lock.lock();
        try {
            next[place] = part + 1;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
