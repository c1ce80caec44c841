using System.Diagnostics;
using Routing.Bgp.Fsm;
using Routing.Bgp.Session.Tcp;
using Routing.Bgp.Wire.Iana;
using Routing.Bgp.Wire.Messages;

namespace Routing.Bgp.Session;

/// <summary>What comes from connections: made, accepted, their messages, and the collision of two of them.</summary>
internal sealed partial class PeerSession
{
    private void OnConnected(in SessionInput input)
    {
        input.Attempt!.Dispose();
        if (_outgoing is not { } slot || slot.Attempt != input.Attempt)
        {
            _closing.Add(input.Connection!.DisposeAsync().AsTask());
            return;
        }

        slot.Attempt = null;
        Attach(slot, input.Connection!, SessionEventKind.TcpConnectionAcknowledged);
    }

    private void OnConnectFailed(in SessionInput input)
    {
        input.Attempt!.Dispose();
        if (_outgoing is { } slot && slot.Attempt == input.Attempt)
        {
            slot.Attempt = null;
            LogConnectFailed(_settings.Name, input.Reason);
            NoteError(input.Reason);
            Feed(slot, new SessionEvent(SessionEventKind.TcpConnectionFailed));
        }
    }

    private void OnAccepted(IBgpConnection connection)
    {
        if (_incoming.State.State is SessionState.OpenSent or SessionState.OpenConfirm)
        {
            // The peer has begun anew; the attempt before it is worth nothing to either side.
            Feed(_incoming, new SessionEvent(SessionEventKind.CollisionDump));
            Feed(_incoming, new SessionEvent(SessionEventKind.AutomaticStart));
        }

        if (_incoming.State.State != SessionState.Active)
        {
            // Held in Idle after errors (DampPeerOscillations).
            LogRejected(_settings.Name);
            _closing.Add(Listener.RejectAsync(connection, _aborted));
            return;
        }

        try
        {
            connection.Apply(_connection);
        }
        catch (IOException exception)
        {
            NoteError(exception.Message);
            LogLinkReason(_settings.Name, exception.Message);
            _closing.Add(connection.DisposeAsync().AsTask());
            return;
        }

        Attach(_incoming, connection, SessionEventKind.TcpConnectionConfirmed);
    }

    /// <summary>New keys: connections that stand are signed with them from here on (RFC 5925 §7.3), later ones from the
    /// start.</summary>
    private void OnKeys(PeerKeys keys)
    {
        var before = _connection.Keys;
        _connection = _connection with { Keys = keys };
        foreach (var link in Slots().Select(slot => slot.Link).OfType<PeerLink>())
        {
            try
            {
                link.Connection.ChangeKeys(before, keys);
            }
            catch (IOException exception)
            {
                NoteError(exception.Message);
                LogLinkReason(_settings.Name, exception.Message);
            }
        }
    }

    private void Attach(ConnectionSlot slot, IBgpConnection connection, SessionEventKind kind)
    {
        slot.Link = new PeerLink(connection, _host!);
        Feed(slot, new SessionEvent(kind));
        slot.Link?.Start();
    }

    private void OnLink(in SessionInput input)
    {
        var link = input.Link!;
        var slot = Slots().FirstOrDefault(candidate => candidate.Link == link);
        if (slot is not null)
        {
            if (input.Reason is not null)
            {
                NoteError(input.Reason);
                LogLinkReason(_settings.Name, input.Reason);
            }

            if (input.Event.Notification is { } refusal && input.Event.Kind == SessionEventKind.NotificationReceived)
            {
                _usesAlternateAsn ^= _settings.AlternateLocalAsn != 0 && refusal is
                {
                    Code: NotificationCode.OpenMessageError,
                    Subcode: (byte)OpenErrorSubcode.BadPeerAs,
                };
            }

            if (input.Open is { } open && slot.State.State == SessionState.OpenSent)
            {
                OnOpen(slot, open);
            }
            else
            {
                Feed(slot, input.Event);
            }
        }

        input.Handled?.TrySetResult(_established is not null && _established.Link == link);
    }

    private void OnOpen(ConnectionSlot slot, OpenMessage open)
    {
        Debug.Assert(slot.Local is not null, "the OPEN is answered in OpenSent only");
        if (!OpenNegotiation.TryNegotiate(slot.Local, _settings.PeerAsn, open, out var negotiated, out var error))
        {
            NoteError(error.Reason);
            LogOpenRefused(_settings.Name, error.Reason);
            Feed(slot, new SessionEvent(SessionEventKind.OpenError, error.Notification));
            return;
        }

        slot.Negotiated = negotiated;
        if (WinsCollision(slot, negotiated))
        {
            Feed(slot, new SessionEvent(SessionEventKind.OpenReceived, HoldTime: negotiated.HoldTime));
        }
        else
        {
            Feed(slot, new SessionEvent(SessionEventKind.CollisionDump));
        }
    }

    /// <summary>RFC 4271 §6.8, looked at when an OPEN comes: may its connection stay? If so, the other one
    /// goes.</summary>
    private bool WinsCollision(ConnectionSlot slot, NegotiatedSession negotiated)
    {
        if (_established is { Negotiated: { } old } established)
        {
            var restarted = Collision.ReplacesEstablished(
                gracefulRestart: !old.RetainedFamilies.IsEmpty, newIsOlder: slot.Link!.ConnectedAt <= _collisionEnds);
            if (restarted)
            {
                LogReplaced(_settings.Name);
                Feed(established, new SessionEvent(SessionEventKind.TcpConnectionFailed));
            }

            return restarted;
        }

        var other = slot == _outgoing ? _incoming : _outgoing;
        if (other is not { State.State: SessionState.OpenConfirm })
        {
            return true;
        }

        var keepsOurs = Collision.KeepsOurs(
            _settings.BgpIdentifier, _settings.LocalAsn, negotiated.PeerIdentifier, negotiated.PeerAsn);
        var wins = keepsOurs == !slot.IsIncoming;
        if (wins)
        {
            Feed(other, new SessionEvent(SessionEventKind.CollisionDump));
        }

        return wins;
    }

    private void RequestRoutes()
    {
        if (_established is not { Negotiated: { RouteRefresh: true } negotiated, Link: { } link })
        {
            return;
        }

        link.Output.RequestRoutes(negotiated.Families);
    }

    private void CloseLink(ConnectionSlot slot, bool abort)
    {
        if (slot.Link is { } link)
        {
            slot.Link = null;
            _closing.RemoveWhere(task => task.IsCompleted);
            _closing.Add(link.CloseAsync(abort));
        }
    }

    private void BeginConnect(ConnectionSlot slot)
    {
        var attempt = CancellationTokenSource.CreateLinkedTokenSource(_aborted);
        slot.Attempt = attempt;
        _closing.RemoveWhere(task => task.IsCompleted);
        _closing.Add(ConnectAsync(attempt));
    }

    /// <summary>Ends with an input for the loop, which then disposes the attempt: until it has read that input it may
    /// still cancel it.</summary>
    private async Task ConnectAsync(CancellationTokenSource attempt)
    {
        SessionInput input;
        try
        {
            var connection = await _transport.ConnectAsync(
                _settings.Remote, _connection, attempt.Token);
            input = new SessionInput(SessionInputKind.Connected) { Connection = connection, Attempt = attempt };
        }
        catch (OperationCanceledException)
        {
            attempt.Dispose(); // the loop has given it up and forgotten it
            return;
        }
        catch (IOException exception)
        {
            input = new SessionInput(SessionInputKind.ConnectFailed) { Attempt = attempt, Reason = exception.Message };
        }

        if (!await TryPostAsync(input))
        {
            attempt.Dispose();
            if (input.Connection is { } unwanted)
            {
                await unwanted.DisposeAsync();
            }
        }
    }

    private async ValueTask<bool> TryPostAsync(SessionInput input)
    {
        while (await _inbox.Writer.WaitToWriteAsync(CancellationToken.None))
        {
            if (_inbox.Writer.TryWrite(input))
            {
                return true;
            }
        }

        return false; // the loop has ended
    }
}
