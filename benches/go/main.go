// The workloads on Go, for `benches/src/compare.rs`: one repetition of the one that is named.
package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	batch      = 10_000
	warmUp     = 100_000
	spawns     = 1_000_000
	leaves     = 1_000_000
	crowd      = 1_000
	turns      = 1_000
	roundTrips = 300_000
	cancelled  = 100_000
	sleeping   = 200_000
)

var sink atomic.Uint64

func tell(metric string, value float64) { fmt.Printf("RESULT %s %.3f\n", metric, value) }

// timed runs code twice and prints the nanoseconds of each operation of the second run.
func timed(n int, warm, code func()) {
	warm()
	begin := time.Now()
	code()
	tell("ns_each", float64(time.Since(begin).Nanoseconds())/float64(n))
}

// spawnJoin gets a value of each goroutine.
func spawnJoin(n int) {
	var sum uint64
	results := make([]chan uint64, batch)
	for b := 0; b < n/batch; b++ {
		for i := range results {
			result, x := make(chan uint64, 1), uint64(b*batch+i)
			results[i] = result
			go func() { result <- x }()
		}
		for _, result := range results {
			sum += <-result
		}
	}
	sink.Store(sum)
}

func scope(n, size int) {
	for b := 0; b < n/size; b++ {
		var group sync.WaitGroup
		group.Add(size)
		for i := 0; i < size; i++ {
			x := uint64(b*size + i)
			go func() {
				if x == ^uint64(0) {
					sink.Store(x)
				}
				group.Done()
			}()
		}
		group.Wait()
	}
}

func skynet(result chan<- uint64, first, n uint64) {
	if n == 1 {
		result <- first
		return
	}
	parts := make(chan uint64, 10)
	for i := uint64(0); i < 10; i++ {
		go skynet(parts, first+i*(n/10), n/10)
	}
	var sum uint64
	for i := 0; i < 10; i++ {
		sum += <-parts
	}
	result <- sum
}

func tree() {
	result := make(chan uint64, 1)
	go skynet(result, 0, leaves)
	if <-result != leaves*(leaves-1)/2 {
		panic("a wrong sum")
	}
}

func each(n int, code func()) {
	var group sync.WaitGroup
	group.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			code()
			group.Done()
		}()
	}
	group.Wait()
}

func yields() {
	each(crowd, func() {
		for i := 0; i < turns; i++ {
			runtime.Gosched()
		}
	})
}

func pingpong(n int) {
	ping, pong := make(chan uint64, 1), make(chan uint64, 1)
	go func() {
		for x := range ping {
			pong <- x + 1
		}
	}()
	for i := 0; i < n; i++ {
		ping <- uint64(i)
		sink.Store(<-pong)
	}
	close(ping)
}

func mutex() {
	var lock sync.Mutex
	total := 0
	each(crowd, func() {
		for i := 0; i < turns; i++ {
			lock.Lock()
			total++
			lock.Unlock()
		}
	})
	if total != crowd*turns {
		panic("an update is lost")
	}
}

func echo() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("LISTENING", listener.Addr().(*net.TCPAddr).Port)
	for {
		conn, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go func() {
			buffer := make([]byte, 1024)
			for {
				n, err := conn.Read(buffer)
				if err != nil {
					return
				}
				if _, err := conn.Write(buffer[:n]); err != nil {
					return
				}
			}
		}()
	}
}

// cancel returns what the cancellation took.
func cancel() time.Duration {
	ctx, stop := context.WithCancel(context.Background())
	var started, group sync.WaitGroup
	started.Add(cancelled)
	group.Add(cancelled)
	for i := 0; i < cancelled; i++ {
		go func() {
			defer group.Done()
			timer := time.NewTimer(time.Minute)
			defer timer.Stop()
			started.Done()
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}()
	}
	started.Wait()
	time.Sleep(50 * time.Millisecond)
	begin := time.Now()
	stop()
	group.Wait()
	return time.Since(begin)
}

func resident() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	for _, line := range bytes.Split(status, []byte("\n")) {
		if words := bytes.Fields(line); len(words) > 1 && string(words[0]) == "VmRSS:" {
			kib, err := strconv.ParseFloat(string(words[1]), 64)
			if err != nil {
				panic(err)
			}
			return kib * 1024
		}
	}
	panic("a known line")
}

func sleepers() {
	before := resident()
	var started sync.WaitGroup
	started.Add(sleeping)
	for i := 0; i < sleeping; i++ {
		go func() {
			started.Done()
			time.Sleep(time.Minute)
		}()
	}
	started.Wait()
	time.Sleep(300 * time.Millisecond)
	tell("bytes_each", (resident()-before)/sleeping)
}

func main() {
	if n, err := strconv.Atoi(os.Getenv("VTHREAD_WORKERS")); err == nil {
		runtime.GOMAXPROCS(n)
	}
	switch os.Args[1] {
	case "spawn_join":
		timed(spawns, func() { spawnJoin(warmUp) }, func() { spawnJoin(spawns) })
	case "scope":
		timed(spawns, func() { scope(warmUp, batch) }, func() { scope(spawns, batch) })
	case "crowd":
		timed(spawns, func() { scope(spawns, spawns) }, func() { scope(spawns, spawns) })
	case "skynet":
		timed(leaves, tree, tree)
	case "yield":
		timed(crowd*turns, yields, yields)
	case "pingpong":
		timed(roundTrips, func() { pingpong(roundTrips / 10) }, func() { pingpong(roundTrips) })
	case "mutex":
		timed(crowd*turns, mutex, mutex)
	case "echo", "echo_open":
		echo()
	case "cancel":
		cancel()
		tell("ns_each", float64(cancel().Nanoseconds())/cancelled)
	case "sleepers":
		sleepers()
	default:
		panic("an unknown workload")
	}
}
