// The loads that wrk can't make: requests at a given rate, and new TLS connections. Prints one line of JSON, times in µs.
//
//	load paced      PORT CONNECTIONS SECONDS RATE <REQUEST
//	load handshakes PORT CONNECTIONS SECONDS 0    <REQUEST
package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

var start = time.Now()

func now() int64 { return int64(time.Since(start)) }

func report(times []int64, seconds float64, refused, broken int) {
	sort.Slice(times, func(a, b int) bool { return times[a] < times[b] })
	rank := func(share float64) float64 { return float64(times[int(share*float64(len(times)-1))]) / 1e3 }
	fmt.Printf(`{"requests": %d, "seconds": %.6f, "p50": %.1f, "p99": %.1f, "refused": %d, "broken": %d}`+"\n",
		len(times), seconds, rank(.5), rank(.99), refused, broken)
}

type connection struct {
	fd, used int
	due      int64
	buffer   []byte
}

// The status, once the answer is complete.
func (c *connection) status() int {
	data := c.buffer[:c.used]
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return 0
	}
	status, err := strconv.Atoi(string(data[9:12]))
	check(err)
	if status == 204 || status == 304 {
		return status
	}
	_, text, _ := bytes.Cut(bytes.ToLower(data[:end]), []byte("\r\ncontent-length: "))
	text, _, _ = bytes.Cut(text, []byte("\r"))
	length, err := strconv.Atoi(string(text))
	check(err)
	if c.used < end+4+length {
		return 0
	}
	return status
}

// Requests become due at random moments (a Poisson process) and go out on the connection that has been idle longest.
// While none is idle they wait, and that counts: a time runs from the moment a request was due. This never sleeps, so as
// to send on time.
func paced(port, connections int, seconds, rate float64, request []byte) {
	debug.SetGCPercent(-1)
	epoll, err := syscall.EpollCreate1(0)
	check(err)
	all := map[int32]*connection{}
	idle := make([]*connection, 0, connections)
	for len(idle) < connections {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		check(err)
		check(syscall.Connect(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}))
		check(syscall.SetNonblock(fd, true))
		check(syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}))
		c := &connection{fd: fd, buffer: make([]byte, 1<<14)}
		all[int32(fd)] = c
		idle = append(idle, c)
	}
	var times, waiting []int64
	first, refused := 0, 0
	begin := now()
	end, next := begin+int64(seconds*1e9), begin
	var events [512]syscall.EpollEvent
	for {
		at := now()
		for next <= at && next < end {
			waiting = append(waiting, next)
			next += int64(rand.ExpFloat64() / rate * 1e9)
		}
		for first < len(waiting) && len(idle) > 0 {
			c := idle[0]
			idle = idle[1:]
			c.due, c.used = waiting[first], 0
			first++
			_, err := syscall.Write(c.fd, request) // far shorter than the socket's buffer
			check(err)
		}
		if at > end+2e9 || (at >= end && len(idle) == connections && first == len(waiting)) {
			break
		}
		count, err := syscall.EpollWait(epoll, events[:], 0)
		check(err)
		for i := 0; i < count; i++ {
			c := all[events[i].Fd]
			n, err := syscall.Read(c.fd, c.buffer[c.used:])
			if err != nil || n == 0 {
				log.Fatalf("a connection ended: %v", err)
			}
			c.used += n
			if status := c.status(); status > 0 {
				times = append(times, now()-c.due)
				if status >= 400 {
					refused++
				}
				idle = append(idle, c)
			}
		}
	}
	report(times, float64(now()-begin)/1e9, refused, len(waiting)-len(times))
}

// Each connection has a full handshake of TLS 1.3 (nothing is resumed), one request, and is closed by the server.
func handshakes(port, connections int, seconds, _ float64, request []byte) {
	address := fmt.Sprintf("127.0.0.1:%d", port)
	configuration := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}
	begin := now()
	each := make(chan []int64)
	for i := 0; i < connections; i++ {
		go func() {
			var times []int64
			for from := now(); from < begin+int64(seconds*1e9); from = now() {
				c, err := tls.Dial("tcp", address, configuration)
				check(err)
				_, err = c.Write(request)
				check(err)
				answer, err := io.ReadAll(c)
				if !bytes.HasPrefix(answer, []byte("HTTP/1.1 ")) {
					log.Fatalf("no answer: %v", err)
				}
				c.Close()
				times = append(times, now()-from)
			}
			each <- times
		}()
	}
	var times []int64
	for i := 0; i < connections; i++ {
		times = append(times, <-each...)
	}
	report(times, float64(now()-begin)/1e9, 0, 0)
}

func main() {
	var port, connections int
	var seconds, rate float64
	_, err := fmt.Sscan(strings.Join(os.Args[2:], " "), &port, &connections, &seconds, &rate)
	check(err)
	request, err := io.ReadAll(os.Stdin)
	check(err)
	load := map[string]func(int, int, float64, float64, []byte){"paced": paced, "handshakes": handshakes}[os.Args[1]]
	load(port, connections, seconds, rate, request)
}
